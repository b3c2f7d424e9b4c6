/** Promise: what goes with a collection, a field or a relation is told before it goes, and nothing is touched for that. */

import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { type Answer, at, type Json, rows } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { connectionOf, tablesNow } from '../support/schema-state.ts';

const key = { field: 'id', type: 'integer', datatype: 'INT', signed: true, primary_key: true, auto_increment: true };
const number = (field: string, more: object = {}) => ({ field, type: 'm2o', datatype: 'INT', signed: true, ...more });
const list = (field: string) => ({ field, type: 'o2m' });
const described = ['collections', 'fields', 'relations', 'permissions', 'collection_presets', 'activity', 'revisions'];

/** Articles and tags with a table between, pages of articles, and what is said of them. */
async function made({ send, gateway }: OwnGarden): Promise<void> {
  const status = { options: { status_mapping: { draft: { name: 'Draft' }, out: { name: 'Out' } } } };
  const state = { field: 'state', type: 'status', datatype: 'VARCHAR', length: 9, ...status };
  await send('POST', 'collections', { collection: 'articles', fields: [key, list('tags'), list('pages'), state, number('self')] });
  await send('POST', 'collections', { collection: 'tags', fields: [key, list('articles')] });
  const between = [key, number('article', { foreign_key: 'articles' }), number('tag', { foreign_key: 'tags' })];
  await send('POST', 'collections', { collection: 'tagged', fields: between });
  await send('POST', 'collections', { collection: 'pages', fields: [key, number('article')] });
  const relation = (many: string, field: string, one: string, alias: string | null, junction: string | null) => ({
    collection_many: many,
    field_many: field,
    collection_one: one,
    field_one: alias,
    junction_field: junction,
  });
  await send('POST', 'relations', [
    relation('tagged', 'article', 'articles', 'tags', 'tag'),
    relation('tagged', 'tag', 'tags', 'articles', 'article'),
    relation('pages', 'article', 'articles', 'pages', null),
    relation('articles', 'self', 'articles', null, null),
  ]);
  await send('POST', 'permissions', [
    { role: 3, collection: 'articles', status: 'draft', read: 'full' },
    { role: 3, collection: 'articles', read: 'full' },
    { role: 3, collection: 'tagged', read: 'full' },
  ]);
  await send('POST', 'collection_presets', { collection: 'articles', title: 'Mine' });
  const { connection } = gateway;
  await connection?.knex('articles').insert([{ state: 'draft' }, { state: null }, { state: 'out' }]);
  await connection?.knex('tags').insert([{ id: 1 }]);
  await connection?.knex('tagged').insert([
    { article: 1, tag: 1 },
    { article: 2, tag: null },
  ]);
}

/** Rows of the metadata by table, as texts in order. */
async function metadata(garden: OwnGarden): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const name of described) {
    const all = await garden.rows(`directus_${name}`);
    found.set(`directus_${name}`, all.map((row) => JSON.stringify(row)).sort());
  }
  return found;
}

/** All that there is. */
async function state(garden: OwnGarden): Promise<string> {
  return JSON.stringify([
    [...(await metadata(garden))],
    await tablesNow(garden),
    await garden.rows('articles'),
    await garden.rows('tagged'),
  ]);
}

/** Every name under which something is asked for, as `collection.field`. */
async function names({ gateway }: OwnGarden): Promise<Set<string>> {
  const lease = await gateway.registry.lease(project);
  const { collections } = lease.project.schemas.current;
  lease.release();
  return new Set(
    [...collections.values()].flatMap((one) =>
      [...one.fields.keys(), ...one.relations.keys(), ...one.aliases.keys()].map((name) => `${one.name}.${name}`),
    ),
  );
}

/** How many rows of each table are another than before, or gone. */
function lost(before: Map<string, string[]>, after: Map<string, string[]>): string[] {
  return [...before].flatMap(([table, all]) => {
    const left = after.get(table) ?? [];
    return all.filter((row) => !left.includes(row)).map(() => table);
  });
}

const writing = /^\W*(?:\/\*.*?\*\/\W*)?(?:set\s+statement\s.*?\sfor\s+)?(?:insert|update|delete|alter|drop|create|truncate|begin)\b/is;

const withTrial = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}dry_run=1`;

/** The dry run, by which nothing is written. Of a row alone it is the dry run of any row, which is written and taken back. */
async function tried(t: Tester, garden: OwnGarden, path: string, who?: 'writer', row = false): Promise<Answer> {
  const connection = connectionOf(garden);
  const { onStatement } = connection;
  const before = await state(garden);
  const sent: string[] = [];
  connection.onStatement = ({ text }) => void sent.push(text);
  const answer = await garden.send('DELETE', withTrial(path), undefined, who ?? 'admin');
  connection.onStatement = onStatement;
  const written = sent.filter((text) => writing.test(text));
  t.strictSame(row ? [] : written, [], `${path}: no statement of the dry run writes`);
  t.equal(await state(garden), before, `${path}: and nothing is another than before`);
  return answer;
}

/** What the dry run tells is what goes. */
async function goes(t: Tester, garden: OwnGarden, path: string, gone: Json): Promise<void> {
  const answer = await tried(t, garden, path);
  const data = at(answer.json, 'data');
  t.match(data, { dry_run: true, revisions: [], answer: { status: 204, body: null } }, told(answer));
  t.strictSame(at(data, 'gone'), gone, path);
  const [rowsBefore, namesBefore] = [await metadata(garden), await names(garden)];
  const keys = at(data, 'foreign_keys') as readonly Json[];
  const done = await garden.send('DELETE', path);
  t.equal(done.status, 204, told(done));
  const changes = rows({ ...answer, json: { data: at(data, 'changes') } } as Answer);
  const [rowsAfter, namesAfter] = [await metadata(garden), await names(garden)];
  t.strictSame(
    changes.map((one) => String(at(one, 'collection'))).sort(),
    lost(rowsBefore, rowsAfter).sort(),
    `${path}: the rows that went`,
  );
  for (const one of changes)
    t.ok(at(one, 'before') !== null && (at(one, 'action') === 'update') === (at(one, 'after') !== null), told(answer));
  const fields = (at(data, 'fields') as readonly Json[]).map((one) => `${at(one, 'collection')}.${at(one, 'field')}`);
  t.strictSame(fields.sort(), [...namesBefore].filter((name) => !namesAfter.has(name)).sort(), `${path}: the names that went`);
  t.equal(keys.length, at(gone, 'foreign_keys'), `${path}: its foreign keys`);
}

async function relationId(garden: OwnGarden, many: string, field: string): Promise<unknown> {
  return (await garden.rows('directus_relations', { collection_many: many, field_many: field }))[0]?.['id'];
}

async function refusals(t: Tester, garden: OwnGarden): Promise<void> {
  const relation = await relationId(garden, 'tagged', 'article');
  refused(t, await tried(t, garden, 'collections/articles'), 422, 404, 'foreign keys point to it, as of the deletion');
  refused(t, await tried(t, garden, 'fields/articles/id'), 422, 404, 'a key');
  refused(t, await tried(t, garden, 'fields/articles/none'), 404, 202, 'no such field');
  refused(t, await tried(t, garden, 'collections/directus_users'), 401, 201, 'a table of the system');
  refused(t, await tried(t, garden, 'relations/99999?foreign_key=1'), 404, 203, 'no such relation');
  refused(t, await tried(t, garden, 'collections/articles', 'writer'), 403, 306, 'nobody but administrators');
  refused(t, await tried(t, garden, 'fields/articles/state', 'writer'), 403, 303, 'nobody but administrators');
  refused(t, await tried(t, garden, `relations/${relation}?foreign_key=1`, 'writer'), 403, 10, 'nobody but administrators');
  const body = { collection_many: 'pages', field_many: 'article', collection_one: 'articles', foreign_key: true };
  refused(t, await garden.send('POST', 'relations?dry_run=1', body), 422, 12, 'what is made with a foreign key is not tried');
  refused(t, await garden.send('PATCH', `relations/${relation}?dry_run=1`, { foreign_key: false }), 422, 12, 'nor what gives one up');
}

/** A column that foreign keys point to holds them up: it stays, on every database. */
async function pointedTo(t: Tester, garden: OwnGarden): Promise<void> {
  const { connection } = garden.gateway;
  await connection?.knex.schema.createTable('stamps', (table) => {
    table.integer('id').primary();
    table.string('code', 7).unique();
  });
  await connection?.knex.schema.createTable('stamped', (table) => {
    table.integer('id').primary();
    table.string('code', 7).references('code').inTable('stamps');
  });
  await connection?.knex('stamps').insert({ id: 1, code: 'a' });
  const lease = await garden.gateway.registry.lease(project);
  await lease.project.reload();
  lease.release();
  refused(t, await tried(t, garden, 'fields/stamps/code'), 422, 404, 'the dry run says so');
  for (const [method, path, body] of [
    ['DELETE', 'fields/stamps/code', undefined],
    ['PATCH', 'fields/stamps/code?force=1', { type: 'alias' }],
    ['PATCH', 'fields/stamps/code?force=1', { unique: false }],
  ] as const) {
    const answer = await garden.send(method, path, body);
    refused(t, answer, 422, 404, `${method} ${path}`);
    t.match(answer.text, /Foreign keys of \\"stamped\\" point to \\"code\\"; give these up first/);
  }
  t.equal((await garden.send('POST', 'items/stamped', { id: 1, code: 'a' })).status, 200, 'and rows are written as before');
}

export const askingSchema: Feature = {
  promise: 'what goes with a collection, a field or a relation is told before it goes',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await made(garden);
      await t.test('refusals', (t) => refusals(t, garden));
      await t.test('a column that foreign keys point to', (t) => pointedTo(t, garden));
      await t.test('what goes', async (t) => {
        const untied = { relations: 0, lists: 0, foreign_keys: 0 };
        await goes(t, garden, 'fields/articles/pages', { collection: 'articles', field: 'pages', ...untied });
        const status = { collection: 'articles', field: 'state', values: 2, relations: 0, lists: 0, permissions: 1, foreign_keys: 0 };
        await goes(t, garden, 'fields/articles/state', status);
        const id = await relationId(garden, 'tagged', 'tag');
        const plain = await tried(t, garden, `relations/${id}`, undefined, true);
        t.match(at(plain.json, 'data'), { dry_run: true, changes: [{ action: 'delete', collection: 'directus_relations' }] }, told(plain));
        const junction = {
          junction_rows: 2,
          relations: 2,
          lists: 0,
          junction_permissions: 1,
          junction_fields: 4,
          junction_relations: 0,
          junction_collections: 1,
          junction_presets: 0,
          foreign_keys: 2,
        };
        const list = await tried(t, garden, 'fields/articles/tags?delete_junction=1');
        t.strictSame(at(list.json, 'data', 'gone'), { collection: 'articles', field: 'tags', ...junction }, told(list));
        await goes(t, garden, `relations/${id}?foreign_key=1`, { collection: 'tagged', field: 'tag', relations: 1, foreign_keys: 1 });
        await goes(t, garden, 'fields/tagged/article', {
          collection: 'tagged',
          field: 'article',
          values: 2,
          relations: 1,
          lists: 1,
          foreign_keys: 1,
        });
        const counts = { permissions: 1, fields: 2, relations: 2, collections: 1, presets: 1, foreign_keys: 0 };
        await goes(t, garden, 'collections/articles', { collection: 'articles', rows: 3, ...counts });
      });
    }),
};
