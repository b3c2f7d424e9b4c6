/** directus_migrations (directus8-tables §16). It comes first: our own runs are recorded in it, next to those of Directus. */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { bigint, boolean, string, timestamp } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'directus_migrations',
      columns: [
        bigint('version', { primary: true }),
        string('migration_name', 100, { null: true }),
        timestamp('start_time', { null: true }),
        timestamp('end_time', { null: true }),
        boolean('breakpoint', { default: false }),
      ],
      indexes: [],
    },
  ]);
}
