/** Field rows of directus_files and directus_folders (directus8-tables §9-10). */
import { type FieldSeed, fieldsOf } from './seed-types.ts';

export const filesFields: readonly FieldSeed[] = fieldsOf('directus_files', [
  ['preview', 'alias', 'file-preview', 'L', { sort: 1 }],
  ['title', 'string', 'text-input', 'L', { sort: 2, options: { placeholder: 'A telling title', iconRight: 'title' } }],
  ['tags', 'array', 'tags', 'L', { sort: 3, width: 'half', options: { placeholder: 'Add a keyword' } }],
  ['location', 'string', 'text-input', 'L', { sort: 4, width: 'half', options: { placeholder: 'Where it was taken', iconRight: 'place' } }],
  ['description', 'string', 'wysiwyg', 'L', { sort: 5, options: { toolbar: ['bold', 'italic', 'underline', 'link', 'code'] } }],
  ['filename_download', 'string', 'text-input', 'L', { sort: 6, options: { monospace: true, iconRight: 'get_app' } }],
  [
    'filename_disk',
    'string',
    'text-input',
    'L',
    { sort: 7, options: { placeholder: 'Name in the storage', iconRight: 'insert_drive_file' } },
  ],
  ['private_hash', 'string', 'slug', 'L', { sort: 8, width: 'half', options: { iconRight: 'lock' } }],
  ['checksum', 'string', 'text-input', 'L R', { sort: 9, width: 'half', options: { iconRight: 'check', monospace: true } }],
  ['uploaded_on', 'datetime', 'datetime', 'L Q R', { sort: 10, width: 'half', options: { iconRight: 'today' } }],
  ['uploaded_by', 'owner', 'owner', 'L Q R', { sort: 11, width: 'half' }],
  ['width', 'integer', 'numeric', 'L R', { sort: 12, width: 'half', options: { iconRight: 'straighten' } }],
  ['height', 'integer', 'numeric', 'L R', { sort: 13, width: 'half', options: { iconRight: 'straighten' } }],
  ['duration', 'integer', 'numeric', 'L R', { sort: 14, width: 'half', options: { iconRight: 'timer' } }],
  ['filesize', 'integer', 'file-size', 'L R', { sort: 15, width: 'half', options: { iconRight: 'storage' } }],
  [
    'metadata',
    'json',
    'key-value',
    'L',
    {
      sort: 15,
      options: { keyInterface: 'text-input', keyDataType: 'string', valueInterface: 'text-input', valueDataType: 'string' },
    },
  ],
  ['data', 'alias', 'file', 'L HD'],
  ['id', 'integer', 'primary-key', 'L Q HD'],
  ['type', 'string', 'text-input', 'L R HD'],
  ['charset', 'string', 'text-input', 'L R HD HB'],
  ['embed', 'string', 'text-input', 'L R HD'],
  ['folder', 'm2o', 'many-to-one', 'L HD'],
  ['storage', 'string', 'text-input', 'L HD HB'],
]);

export const foldersFields: readonly FieldSeed[] = fieldsOf('directus_folders', [
  ['id', 'integer', 'primary-key', 'L Q HD'],
  ['name', 'string', 'text-input', 'L'],
  ['parent_folder', 'm2o', 'many-to-one', 'L'],
]);
