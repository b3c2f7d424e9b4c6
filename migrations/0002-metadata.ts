/** What Directus knows about tables: directus_collections, directus_fields, directus_relations (directus8-tables §2-4). */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { boolean, id, string, text, unique, unsigned } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'directus_collections',
      columns: [
        string('collection', 64, { primary: true }),
        boolean('managed', { default: true }),
        boolean('hidden', { default: false }),
        boolean('single', { default: false }),
        string('icon', 30, { null: true }),
        string('note', 255, { null: true }),
        text('translation', { null: true }),
      ],
      indexes: [],
    },
    {
      name: 'directus_fields',
      columns: [
        id(),
        string('collection', 64),
        string('field', 64),
        string('type', 64),
        string('interface', 64, { null: true }),
        text('options', { null: true }),
        boolean('locked', { default: false }),
        string('validation', 500, { null: true }),
        boolean('required', { default: false }),
        boolean('readonly', { default: false }),
        boolean('hidden_detail', { default: false }),
        boolean('hidden_browse', { default: false }),
        unsigned('sort', { null: true }),
        string('width', 50, { null: true, default: 'full' }),
        unsigned('group', { null: true }),
        string('note', 1024, { null: true }),
        text('translation', { null: true }),
      ],
      indexes: [unique('idx_collection_field', 'collection', 'field')],
    },
    {
      name: 'directus_relations',
      columns: [
        id(),
        string('collection_many', 64),
        string('field_many', 45),
        string('collection_one', 64, { null: true }),
        string('field_one', 64, { null: true }),
        string('junction_field', 64, { null: true }),
      ],
      indexes: [],
    },
  ]);
}
