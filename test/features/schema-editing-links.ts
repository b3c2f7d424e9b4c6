/** Promise: relations get real foreign keys where that is asked, and keys change their type where nothing depends on it; what cannot be is refused. */
import { vendorOf } from '../../src/vendors/index.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { connectionOf, tablesNow } from '../support/schema-state.ts';
import { instances } from './schema-editing-instances.ts';

const key = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true };
const number = (field: string, more: object = {}) => ({ field, type: 'm2o', datatype: 'INT', signed: true, ...more });

/** All tables as the database has them, and the relations. */
async function tables(garden: OwnGarden): Promise<string> {
  const rows = await garden.rows('directus_relations');
  return JSON.stringify([await tablesNow(garden), rows.map((row) => JSON.stringify(row)).sort()]);
}

async function keysOf(garden: OwnGarden, table: string): Promise<string[]> {
  const found = await vendorOf(garden.config.client).introspect(connectionOf(garden));
  const keys = found.tables.find(({ name }) => name === table)?.foreignKeys ?? [];
  return keys.map(({ columns, toTable, toColumns }) => `${columns.join()} ${toTable}.${toColumns.join()}`).sort();
}

async function made(garden: OwnGarden): Promise<void> {
  const signed = { ...key, signed: true };
  await garden.send('POST', 'collections', { collection: 'sheds', fields: [signed, { field: 'tools', type: 'o2m' }] });
  const tools = [
    signed,
    number('shed'),
    number('spare', { required: true }),
    { field: 'label', type: 'string', datatype: 'VARCHAR', length: 9 },
  ];
  await garden.send('POST', 'collections', { collection: 'tools', fields: tools });
  await garden.send('POST', 'items/sheds', [{}, {}]);
  await garden.send('POST', 'items/tools', [
    { shed: 1, spare: 1 },
    { shed: 99, spare: 1 },
    { shed: null, spare: 2 },
  ]);
}

async function linked(t: Tester, garden: OwnGarden): Promise<void> {
  const { send } = garden;
  const relation = { collection_many: 'tools', field_many: 'shed', collection_one: 'sheds', field_one: 'tools' };
  const before = await tables(garden);
  const refusals: readonly (readonly [method: string, path: string, body: unknown, status: number, code: number])[] = [
    ['POST', 'relations', { ...relation, foreign_key: true }, 422, 404],
    ['POST', 'relations', { ...relation, foreign_key: { on_delete: 'explode' } }, 422, 4],
    ['POST', 'relations', { ...relation, foreign_key: 'sheds' }, 422, 4],
    ['POST', 'relations', { ...relation, field_many: 'label', foreign_key: true }, 422, 12],
    ['POST', 'relations', { ...relation, field_many: 'spare', foreign_key: { on_delete: 'set null' } }, 422, 12],
    ['POST', 'relations', { ...relation, field_many: 'nothing', foreign_key: true }, 404, 202],
    ['POST', 'relations', { ...relation, collection_one: 'nowhere', foreign_key: true }, 404, 200],
    ['POST', 'relations', { ...relation, collection_one: 'directus_fields', foreign_key: true }, 401, 201],
    ['POST', 'relations', { ...relation, collection_many: 'directus_users', field_many: 'avatar', foreign_key: true }, 422, 12],
    ['POST', 'relations', { ...relation, colour: 1, foreign_key: true }, 422, 12],
    ['POST', 'relations', { field_many: 'shed', foreign_key: true }, 422, 4],
    ['POST', 'relations', [{ ...relation, foreign_key: true }], 422, 12],
    ['PATCH', 'relations/9999', { foreign_key: true }, 404, 203],
    ['DELETE', 'relations/9999?foreign_key=1', undefined, 404, 203],
  ];
  for (const [method, path, body, status, code] of refusals) {
    refused(t, await send(method, path, body), status, code, `${method} ${path} ${JSON.stringify(body)}`);
  }
  refused(t, await send('POST', 'relations', { ...relation, foreign_key: true }, 'writer'), 403, 10, 'not an administrator');
  refused(t, await send('POST', 'relations', { ...relation, foreign_key: true }, null), 401, 3, 'the public');
  t.equal(await tables(garden), before, 'nothing has changed');

  const plain = await send('POST', 'relations', relation);
  t.strictSame([plain.status, await keysOf(garden, 'tools')], [200, []], 'as in Directus 8 there is none unless it is asked for');
  const id = at(plain.json, 'data', 'id');
  await send('PATCH', 'items/tools/2', { shed: 2 });
  const real = await send('PATCH', `relations/${id}`, { foreign_key: { on_delete: 'cascade' } });
  t.match(at(real.json, 'data'), { ...relation, id }, told(real));
  t.strictSame(await keysOf(garden, 'tools'), ['shed sheds.id'], 'a column that is there gets one');
  refused(t, await send('POST', 'items/tools', { shed: 77, spare: 1 }), 422, 12, 'it holds');
  t.strictSame(
    at((await garden.get('items/sheds/2?fields=tools.id', 'admin')).json, 'data'),
    { tools: [{ id: 2 }] },
    'and is the same relation',
  );
  await send('DELETE', 'items/sheds/2');
  t.equal((await garden.get('items/tools/2', 'admin')).status, 404, 'what it says happens');
  const other = await send('PATCH', `relations/${id}`, { foreign_key: true });
  t.strictSame([other.status, await keysOf(garden, 'tools')], [200, ['shed sheds.id']], `another one stands in its place: ${told(other)}`);
  const none = await send('PATCH', `relations/${id}`, { foreign_key: false });
  t.strictSame([none.status, await keysOf(garden, 'tools')], [200, []], `or none: ${told(none)}`);
  await send('PATCH', `relations/${id}`, { foreign_key: true });
  t.equal((await send('DELETE', `relations/${id}?foreign_key=1`)).status, 204);
  t.strictSame(await keysOf(garden, 'tools'), [], 'it goes with the relation');
  t.strictSame(await garden.rows('directus_relations', { collection_many: 'tools' }), []);
  const whole = await send('POST', 'relations', { ...relation, foreign_key: { on_delete: 'set null' } });
  t.strictSame([whole.status, await keysOf(garden, 'tools')], [200, ['shed sheds.id']], told(whole));
  t.equal((await send('DELETE', `relations/${at(whole.json, 'data', 'id')}`)).status, 204);
  t.strictSame(await keysOf(garden, 'tools'), ['shed sheds.id'], 'the row alone goes where nothing else is asked');
  const entries = await garden.rows('directus_activity', { collection: 'directus_relations' });
  t.ok(entries.length >= 7, 'each leaves an entry in the activity');
}

async function retyped(t: Tester, garden: OwnGarden): Promise<void> {
  const { send } = garden;
  const before = await tables(garden);
  refused(t, await send('PATCH', 'fields/sheds/id', { datatype: 'BIGINT' }), 422, 404, 'foreign keys point to it');
  refused(t, await send('PATCH', 'fields/tools/id', { type: 'string', datatype: 'VARCHAR', length: 20 }), 422, 404, 'it counts by itself');
  refused(t, await send('PATCH', 'fields/tools/id', { primary_key: false }), 422, 12, 'a key stays one');
  refused(t, await send('PATCH', 'fields/tools/label', { primary_key: true }), 422, 12, 'nothing else becomes one');
  refused(t, await send('PATCH', 'fields/tools/label', { field: 'name' }), 422, 12, 'fields keep their names');
  t.equal(await tables(garden), before, 'nothing has changed');
  const wider = await send('PATCH', 'fields/tools/id', { datatype: 'BIGINT' });
  if (garden.vendor === 'sqlite') refused(t, wider, 422, 404, 'SQLite counts in one type alone');
  else t.match(at(wider.json, 'data'), { datatype: 'BIGINT', primary_key: true, auto_increment: true }, told(wider));
  const next = await send('POST', 'items/tools?fields=id', { spare: 1 });
  t.ok(Number(at(next.json, 'data', 'id')) > 3, `it goes on counting: ${told(next)}`);
  const codes = [{ field: 'code', type: 'string', datatype: 'VARCHAR', length: 5, primary_key: true }];
  await send('POST', 'collections', { collection: 'codes', fields: codes });
  await send('POST', 'items/codes', { code: 'abcde' });
  refused(t, await send('PATCH', 'fields/codes/code', { length: 3 }), 422, 404, 'keys that would be cut');
  refused(t, await send('PATCH', 'fields/codes/code?force=1', { length: 3 }), 422, 404, 'however it is asked');
  const longer = await send('PATCH', 'fields/codes/code', { length: 8 });
  t.match(at(longer.json, 'data'), { length: '8', primary_key: true }, told(longer));
  t.equal((await garden.get('items/codes/abcde', 'admin')).status, 200);
}

export const schemaEditingLinks: Feature = {
  promise: 'the schema has foreign keys where they are asked for, and is changed by several instances',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await made(garden);
      await t.test('relations with foreign keys', (t) => linked(t, garden));
      await t.test('types of primary keys', (t) => retyped(t, garden));
      await t.test('two instances', (t) => instances(t, garden));
    }),
};
