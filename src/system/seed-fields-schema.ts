/** Field rows of directus_fields, directus_collections and directus_relations (directus8-tables §2-4). */
import { type FieldSeed, fieldsOf, translationOptions } from './seed-types.ts';

/** Kept as the reference has it, down to the row for `auth_token_ttl`, which names no column, and `width` called an integer. */
export const fieldsFields: readonly FieldSeed[] = fieldsOf('directus_fields', [
  ['id', 'integer', 'primary-key', 'L Q HD'],
  ['collection', 'm2o', 'many-to-one', 'L'],
  ['field', 'string', 'text-input', 'L'],
  ['type', 'string', 'primary-key', 'L'],
  ['interface', 'string', 'primary-key', 'L'],
  ['options', 'json', 'json', 'L'],
  ['locked', 'boolean', 'switch', 'L'],
  ['translation', 'json', 'repeater', 'L', { options: translationOptions }],
  ['readonly', 'boolean', 'switch', 'L'],
  ['validation', 'string', 'text-input', 'L'],
  ['required', 'boolean', 'switch', 'L'],
  ['sort', 'sort', 'sort', 'L'],
  ['note', 'string', 'text-input', 'L'],
  ['hidden_detail', 'boolean', 'switch', 'L'],
  ['hidden_browse', 'boolean', 'switch', 'L'],
  ['width', 'integer', 'numeric', 'L'],
  ['group', 'm2o', 'many-to-one', 'L'],
  ['auth_token_ttl', 'integer', 'numeric', 'L'],
]);

export const collectionsFields: readonly FieldSeed[] = fieldsOf('directus_collections', [
  ['fields', 'o2m', 'one-to-many', 'L HD HB', { sort: 1 }],
  ['collection', 'string', 'primary-key', 'L Q R', { sort: 2, width: 'half' }],
  ['note', 'string', 'text-input', 'L', { sort: 3, width: 'half', note: 'What this collection is for; shown to editors' }],
  ['managed', 'boolean', 'switch', 'L HD', { sort: 4, width: 'half', note: 'Whether the app and GraphQL offer this collection' }],
  ['hidden', 'boolean', 'switch', 'L', { sort: 5, width: 'half', note: 'Leaves the collection out of the navigation' }],
  ['single', 'boolean', 'switch', 'L', { sort: 6, width: 'half', note: 'The collection holds one item only' }],
  ['translation', 'json', 'repeater', 'L', { sort: 7, options: translationOptions }],
  ['icon', 'string', 'icon', 'L', { sort: 8, note: 'The icon shown in the navigation' }],
]);

export const relationsFields: readonly FieldSeed[] = fieldsOf('directus_relations', [
  ['id', 'integer', 'primary-key', 'L'],
  ['collection_many', 'string', 'collections', 'L'],
  ['field_many', 'string', 'text-input', 'L'],
  ['collection_one', 'string', 'collections', 'L'],
  ['field_one', 'string', 'text-input', 'L'],
  ['junction_field', 'string', 'text-input', 'L'],
]);
