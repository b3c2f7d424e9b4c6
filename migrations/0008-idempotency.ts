/** sallyport_idempotency: answers to requests that came with an Idempotency-Key, written together with what they tell of. Not a table of Directus. */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { bigint, index, integer, longText, string } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'sallyport_idempotency',
      columns: [
        // A print of the caller, the route and the key.
        string('id', 64, { primary: true }),
        string('request', 64),
        string('state', 16),
        string('token', 36),
        // Milliseconds since 1970: the same for every database, whatever its time zone.
        bigint('lease_until'),
        integer('status', { null: true }),
        string('content_type', 100, { null: true }),
        longText('answer', { null: true }),
        bigint('created_at'),
      ],
      indexes: [index('idx_idempotency_created', 'created_at')],
    },
  ]);
}
