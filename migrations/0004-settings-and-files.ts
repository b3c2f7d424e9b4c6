/** directus_settings, directus_files, directus_folders (directus8-tables §8-10). */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { bytes, datetime, id, index, integer, string, text, unique, unsigned } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'directus_settings',
      columns: [id(), string('key', 64), text('value', { null: true })],
      indexes: [unique('idx_key', 'key')],
    },
    {
      name: 'directus_files',
      columns: [
        id(),
        string('storage', 50, { default: 'local' }),
        string('private_hash', 16, { null: true }),
        string('filename_disk', 255),
        string('filename_download', 255),
        string('title', 255, { null: true }),
        string('type', 255, { null: true }),
        unsigned('uploaded_by'),
        datetime('uploaded_on'),
        string('charset', 50, { null: true }),
        bytes('filesize', { default: 0 }),
        unsigned('width', { null: true }),
        unsigned('height', { null: true }),
        integer('duration', { null: true }),
        string('embed', 200, { null: true }),
        unsigned('folder', { null: true }),
        text('description', { null: true }),
        string('location', 200, { null: true }),
        string('tags', 255, { null: true }),
        string('checksum', 32, { null: true }),
        text('metadata', { null: true }),
      ],
      indexes: [unique('idx_files_private_hash', 'private_hash'), index('idx_files_folder', 'folder')],
    },
    {
      name: 'directus_folders',
      columns: [id(), string('name', 191), unsigned('parent_folder', { null: true })],
      indexes: [unique('idx_name_parent_folder', 'name', 'parent_folder')],
    },
  ]);
}
