/** sallyport_outbox: calls of webhooks that are still to be made, written together with what they tell of. Not a table of Directus. */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { bigint, id, index, longText, string, unique, unsigned } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'sallyport_outbox',
      columns: [
        id(),
        string('delivery', 36),
        unsigned('webhook'),
        string('event', 64),
        string('collection', 255),
        longText('payload'),
        string('state', 16, { default: 'pending' }),
        unsigned('attempts', { default: 0 }),
        // Milliseconds since 1970: the same for every database, whatever its time zone.
        bigint('next_attempt_at'),
        string('claim', 36, { null: true }),
        string('last_error', 255, { null: true }),
        bigint('created_at'),
        bigint('settled_at', { null: true }),
      ],
      indexes: [unique('idx_outbox_delivery', 'delivery'), index('idx_outbox_due', 'state', 'next_attempt_at')],
    },
  ]);
}
