/** directus_collection_presets and directus_webhooks (directus8-tables §13-14). */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { id, string, text, unique, unsigned } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'directus_collection_presets',
      columns: [
        id(),
        string('title', 255, { null: true }),
        unsigned('user', { null: true }),
        unsigned('role', { null: true }),
        string('collection', 64),
        string('search_query', 100, { null: true }),
        text('filters', { null: true }),
        string('view_type', 100, { default: 'tabular' }),
        text('view_query', { null: true }),
        text('view_options', { null: true }),
        text('translation', { null: true }),
      ],
      indexes: [unique('idx_user_collection_title', 'user', 'collection', 'title')],
    },
    {
      name: 'directus_webhooks',
      columns: [
        id(),
        string('status', 16, { default: 'inactive' }),
        string('http_action', 255, { null: true }),
        string('url', 510, { null: true }),
        string('collection', 255, { null: true }),
        string('directus_action', 255, { null: true }),
      ],
      indexes: [],
    },
  ]);
}
