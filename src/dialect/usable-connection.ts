/** What knex knows of a raw connection of its pool. */
import type { Knex } from 'knex';

/** Whether knex would lend it again: nobody marked it as unusable, and the driver finds nothing wrong with it. */
export function isUsable(knex: Knex, raw: object): boolean {
  return !Reflect.get(raw, '__knex__disposed') && knex.client.validateConnection(raw) === true;
}
