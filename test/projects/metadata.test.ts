/** Reading the directus_* tables on every vendor: decoded, tolerant of older shapes, silent about what is not there. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadMetadata, loadRuleRows } from '../../src/projects/metadata.ts';
import { buildSchema } from '../../src/schema/build.ts';
import { install } from '../../src/system/install.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { collection, relations, remarks } from '../schema/tables.ts';
import { testVendors } from '../support/vendors.ts';
import { addressOf, projectRoot, type Scratch, scratch } from '../system/scratch.ts';

const admin = { email: 'admin@example.com', password: 'password', token: 'admintoken' };
const oracle = join(projectRoot(), '..', 'shared', 'oracle');
const missing = existsSync(oracle) ? {} : { skip: 'The recorded answers are not beside the project.' };

async function load({ connection, config }: Scratch) {
  const introspection = await vendorOf(config.client).introspect(connection);
  return {
    introspection,
    metadata: await loadMetadata(connection, connection.dialect, introspection),
    rules: await loadRuleRows(connection, connection.dialect, introspection),
  };
}

for (const vendor of testVendors) {
  t.test(`${vendor}: a database without any directus_* table`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { metadata, rules } = await load(db);
    t.same(metadata, { collections: [], fields: [], relations: [] });
    t.same(rules, { permissions: [], roles: [], settings: [], webhooks: [] });
  });

  t.test(`${vendor}: tables of an older shape, with odd content`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { knex } = db.connection;
    await knex.schema.createTable('directus_collections', (one) => {
      one.string('collection', 64).primary();
      one.boolean('hidden');
      one.text('translation');
    });
    await knex.schema.createTable('directus_fields', (one) => {
      one.integer('id').primary();
      for (const name of ['collection', 'field', 'type', 'interface', 'group']) one.string(name, 64);
      one.text('options');
      one.string('required', 8);
      one.boolean('readonly');
    });
    await knex.schema.createTable('directus_relations', (one) => one.integer('number'));
    await knex('directus_collections').insert([
      { collection: 'a', hidden: true, translation: '[{"locale":"nl-NL","translation":"Havens"}]' },
      { collection: 'b', hidden: null, translation: '{not json' },
    ]);
    await knex('directus_fields').insert([
      { id: 2, collection: 'a', field: 'y', type: null, interface: '', group: 'x', options: '[1]', required: 'true', readonly: null },
      {
        id: 1,
        collection: 'a',
        field: 'x',
        type: 'string',
        interface: 'text-input',
        group: '7',
        options: '{"a":{"b":1}}',
        required: '0',
        readonly: true,
      },
      { id: 3, collection: 'a', field: '', type: 'string', interface: null, group: null, options: null, required: null, readonly: false },
      { id: 4, collection: null, field: 'z', type: 'string', interface: null, group: null, options: '{', required: null, readonly: false },
    ]);
    const { metadata } = await load(db);
    t.same(metadata.relations, [], 'a table without its own key column tells nothing');
    t.match(metadata.collections, [
      { collection: 'a', managed: true, hidden: true, single: false, icon: null, note: null, translation: [{ locale: 'nl-NL' }] },
      { collection: 'b', managed: true, hidden: false, translation: null },
    ]);
    t.same(
      metadata.fields.map((one) => [one.id, one.field, one.type, one.interface, one.group, one.options, one.required, one.readonly]),
      [
        [1, 'x', 'string', 'text-input', 7, { a: { b: 1 } }, false, true],
        [2, 'y', '', '', null, null, true, false],
      ],
    );
  });

  t.test(`${vendor}: thousands of rows, read again`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    await install(db.connection, admin);
    const { connection } = db;
    const { knex } = connection;
    const count = 2_300;
    const list = <T>(make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
    await knex.batchInsert(
      'directus_fields',
      list((i) => ({ collection: `c${i % 100}`, field: `f${i}`, type: 'string' })),
      100,
    );
    await knex.batchInsert(
      'directus_permissions',
      list((i) => ({ collection: `c${i}`, role: 2, read: 'full' })),
      100,
    );
    const { introspection, metadata, rules } = await load(db);
    const again = () => loadMetadata(connection, connection.dialect, introspection, metadata);
    const rulesAgain = () => loadRuleRows(connection, connection.dialect, introspection, rules);
    t.equal(metadata.fields.filter(({ field }) => /^f\d/.test(field)).length, count, 'page by page all are read');
    t.equal(rules.permissions.filter((row) => /^c\d/.test(String(row['collection']))).length, count);
    t.equal(await again(), metadata, 'what says the same is the same object');
    t.equal(await rulesAgain(), rules);

    await knex('directus_fields').where({ field: 'f1200' }).update({ note: 'changed' });
    await knex('directus_fields').where({ field: 'f1500' }).delete();
    await knex('directus_fields').insert({ collection: 'c1', field: 'last', type: 'string' });
    await knex('directus_permissions').where({ collection: 'c5' }).update({ read: 'none' });
    const now = await again();
    const fresh = await loadMetadata(connection, connection.dialect, introspection);
    t.strictSame(now, fresh);
    const other = now.fields.filter((row) => !metadata.fields.includes(row)).map((row) => row.field);
    t.strictSame(other, ['f1200', 'last'], 'rows that say the same are the same objects');
    t.equal(now.relations, metadata.relations);
    const changed = await rulesAgain();
    t.strictSame(
      changed.permissions.filter((row) => !rules.permissions.includes(row)).map((row) => row['collection']),
      ['c5'],
    );
    t.equal(changed.roles, rules.roles);
  });

  t.test(`${vendor}: the recorded sample becomes its schema`, missing, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    await install(db.connection, admin);
    const options = [
      join(oracle, 'load.mjs'),
      '--client',
      db.config.client,
      '--connection',
      addressOf(db.config),
      '--modules',
      projectRoot(),
    ];
    execFileSync(process.execPath, options);
    execFileSync(process.execPath, [...options, '--metadata']);
    const { introspection, metadata, rules } = await load(db);
    t.equal(metadata.fields.length, 170 + 76);
    t.match(
      metadata.collections.find((one) => one.collection === 'homepage'),
      { managed: true, hidden: false, single: true, note: 'One row only' },
    );
    t.same(
      rules.roles.slice(0, 6).map((row) => String(row['name'])),
      ['Administrator', 'Public', 'Editor', 'Writer', 'Nobody', 'Fenced'],
    );
    t.same(
      rules.permissions.map((row) => Number(row['id'])),
      rules.permissions.map((row) => Number(row['id'])).sort((a, b) => a - b),
    );
    t.ok(rules.settings.some((row) => row['key'] === 'default_limit' && row['value'] === '200'));

    const schema = buildSchema(introspection, metadata, 7);
    t.same(relations(schema, 'books'), {
      author: 'm2o authors author=id',
      publisher: 'm2o publishers publisher=id',
      cover: 'm2o directus_files cover=id',
      parent: 'm2o books parent=id',
      created_by: 'm2o directus_users created_by=id',
      modified_by: 'm2o directus_users modified_by=id',
      children: 'o2m books id=parent',
      genres: 'o2m books_genres id=book junction genre',
      reviews: 'o2m reviews id=book',
      translations: 'o2m book_texts id=book translation',
    });
    t.same(relations(schema, 'genres'), { books: 'o2m books_genres code=genre junction book' });
    t.same(relations(schema, 'authors'), { books: 'o2m books id=author' });
    t.same(relations(schema, 'directus_roles'), { users: 'o2m directus_users id=role' });
    t.match(relations(schema, 'directus_collections'), { fields: 'o2m directus_fields collection=collection' });
    t.match(relations(schema, 'directus_activity'), { action_by: 'm2o directus_users action_by=id' });

    const books = collection(schema, 'books');
    t.same(books.status?.mapping, {
      values: ['published', 'draft', 'deleted'],
      softDeleted: ['deleted'],
      published: ['published'],
      requiredFields: ['published', 'deleted'],
    });
    t.same([books.sort?.name, books.owner?.name], ['sort', 'created_by']);
    t.equal(collection(schema, 'book_texts').lang?.name, 'language');
    t.equal(collection(schema, 'directus_users').status?.mapping.softDeleted.join(), 'deleted');
    t.equal(collection(schema, 'directus_users').fields.get('last_access_on')?.iso, true);
    t.same([...collection(schema, 'directus_files').aliases.keys()].sort(), ['data', 'preview']);
    t.same([collection(schema, 'keyless').key.length, collection(schema, 'legacy_log').meta], [0, undefined]);
    const types = [...collection(schema, 'all_types').fields.values()].map((field) => `${field.name} ${field.type}`);
    t.same(
      types.filter((one) => one.slice(2).split(' ')[0] !== one.split(' ')[1]),
      ['id integer', 't_text string', 't_bigint integer', 't_float decimal'],
    );
    const told = remarks(schema);
    t.ok(told.some((one) => one.startsWith('keyless: the table has no key')));
    t.same(
      told.filter((one) => !/directus_|keyless/.test(one)),
      [],
      'nothing else of the sample is served in part',
    );
  });
}
