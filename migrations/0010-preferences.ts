/** sallyport_preferences: what users keep for themselves under keys of their choice. Not a table of Directus. */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { bigint, index, longText, string } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'sallyport_preferences',
      columns: [
        // A print of the user and the key, so that keys may be of any length.
        string('id', 64, { primary: true }),
        string('owner', 64),
        longText('name'),
        longText('content'),
        // Milliseconds since 1970: the same for every database, whatever its time zone.
        bigint('created_at'),
        bigint('updated_at'),
      ],
      indexes: [index('idx_preferences_owner', 'owner', 'updated_at')],
    },
  ]);
}
