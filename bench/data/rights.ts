/** What the system tables say about the dataset: relations, fields, and a role that may read all but some columns. */

import { defaultPermissions } from '../../src/access/default-permissions.ts';
import type { Connection } from '../../src/dialect/types.ts';
import { install } from '../../src/system/install.ts';
import { fieldRow } from '../../src/system/seed.ts';
import { type FieldSeed, fieldsOf } from '../../src/system/seed-types.ts';

/** The token of the user that is measured: an ordinary one, whose every request is authorised. */
export const benchToken = 'bench-reader-token';
const adminToken = 'bench-admin-token';

const readerRole = 3;

const fields: readonly FieldSeed[] = [
  ...fieldsOf('authors', [['articles', 'o2m', 'one-to-many', '']]),
  ...fieldsOf('countries', [['authors', 'o2m', 'one-to-many', '']]),
  ...fieldsOf('tags', [['articles', 'o2m', 'many-to-many', '']]),
  ...fieldsOf('articles', [
    ['author_id', 'm2o', 'many-to-one', ''],
    ['tags', 'o2m', 'many-to-many', ''],
    ['comments', 'o2m', 'one-to-many', ''],
  ]),
];

const relations = [
  ['authors', 'country_id', 'countries', 'authors', null],
  ['articles', 'author_id', 'authors', 'articles', null],
  ['comments', 'article_id', 'articles', 'comments', null],
  ['articles_tags', 'article_id', 'articles', 'tags', 'tag_id'],
  ['articles_tags', 'tag_id', 'tags', 'articles', 'article_id'],
] as const;

/** Columns that the role may not read, by collection. */
const hidden: Readonly<Record<string, string>> = { articles: 'internal_note', authors: 'email' };

async function makeReader({ knex }: Pick<Connection, 'knex'>, collections: readonly string[]): Promise<void> {
  await knex('directus_roles').insert({ id: readerRole, name: 'Reader', description: 'Reads everything but what is nobody’s business' });
  await knex('directus_users').insert({
    status: 'active',
    role: readerRole,
    first_name: 'Bench',
    last_name: 'Reader',
    email: 'reader@example.com',
    token: benchToken,
    timezone: 'UTC',
    locale: 'en-US',
  });
  const none = { role: readerRole, status: null, create: 'none', update: 'none', delete: 'none', comment: 'none', explain: 'none' };
  const granted = collections.map((collection) => ({
    ...none,
    collection,
    read: 'full',
    read_field_blacklist: hidden[collection] ?? null,
  }));
  // A statement takes 65,535 values.
  await knex('directus_permissions').insert(defaultPermissions(readerRole));
  await knex.batchInsert('directus_permissions', granted, 1000);
}

/** The system tables, an administrator, and the reader with its rights to those collections. */
export async function installWithReader(connection: Pick<Connection, 'knex'>, collections: readonly string[]): Promise<void> {
  await install(connection, { email: 'admin@example.com', password: 'bench-password', token: adminToken });
  await makeReader(connection, collections);
}

/** Describes the dataset: every collection managed, its relations named. */
export async function describeDataset({ knex }: Pick<Connection, 'knex'>, collections: readonly string[]): Promise<void> {
  await knex('directus_collections').insert(collections.map((collection) => ({ collection, managed: true, hidden: false, single: false })));
  await knex('directus_fields').insert(fields.map(fieldRow));
  await knex('directus_relations').insert(
    relations.map(([collection_many, field_many, collection_one, field_one, junction_field]) => ({
      collection_many,
      field_many,
      collection_one,
      field_one,
      junction_field,
    })),
  );
}
