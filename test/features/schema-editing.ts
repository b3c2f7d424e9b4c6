/** Promise: collections and fields are made, changed and deleted with their tables and columns; what is refused changes nothing (directus8-system §7, §8). */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { at, type Json } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { tablesNow } from '../support/schema-state.ts';
import { isMariadb, memberOrder } from '../support/vendors.ts';

const key = { field: 'id', type: 'integer', datatype: 'INT', interface: 'primary-key', primary_key: true, auto_increment: true };
const name = { field: 'name', type: 'string', datatype: 'VARCHAR', length: 50, interface: 'text-input', required: true };

/** What the gateway and its database know of a collection, as text. */
async function known(garden: OwnGarden, collection: string): Promise<string> {
  const fields = await garden.get(`fields/${collection}`, 'admin');
  const metadata = await Promise.all(
    ['directus_fields', 'directus_collections', 'directus_permissions'].map((table) => garden.rows(table, { collection })),
  );
  // Rows that nothing orders come as the database has them at hand.
  const ordered = metadata.map((rows) => rows.map((row) => JSON.stringify(row)).sort());
  return JSON.stringify([fields.json, ordered, await tablesNow(garden)]);
}

async function created(t: Tester, garden: OwnGarden): Promise<void> {
  const fields = [
    key,
    name,
    { field: 'price', type: 'decimal', datatype: 'DECIMAL', length: '10,2', default_value: '1.50' },
    { field: 'count', type: 'integer', datatype: 'BIGINT', signed: true, default_value: 7 },
    { field: 'open', type: 'boolean', datatype: 'TINYINT', length: 1, default_value: false },
    { field: 'at', type: 'datetime', datatype: 'DATETIME' },
    { field: 'body', type: 'string', datatype: 'TEXT', note: "it's a \\ note" },
    { field: 'more', type: 'json', datatype: 'JSON' },
    { field: 'plant', type: 'm2o', datatype: 'INT', foreign_key: { collection: 'plants', on_delete: 'set null' } },
    { field: 'divider', type: 'alias', interface: 'divider' },
  ];
  const made = await garden.send('POST', 'collections', { collection: 'sheds', note: 'where tools are', icon: 'home', fields });
  const row = {
    collection: 'sheds',
    managed: true,
    hidden: false,
    single: false,
    icon: 'home',
    note: 'where tools are',
    translation: null,
  };
  t.same(at(made.json, 'data'), row, told(made));
  const keys = Object.keys(at(made.json, 'data') as object);
  t.strictSame(keys, ['collection', 'managed', 'hidden', 'single', 'icon', 'note', 'translation'], 'in the order of Directus 8');
  const item = await garden.send('POST', 'items/sheds?fields=*', { name: 'first', more: { a: [1] }, at: '2026-01-02 03:04:05', plant: 1 });
  t.strictSame(
    at(item.json, 'data'),
    { id: 1, name: 'first', price: 1.5, count: 7, open: false, at: '2026-01-02 03:04:05', body: null, more: { a: [1] }, plant: 1 },
    told(item),
  );
  refused(t, await garden.send('POST', 'items/sheds', { name: 'x', plant: 99_999 }), 422, 12, 'a real foreign key');
  const related = await garden.get('items/sheds/1?fields=plant.id', 'admin');
  t.strictSame(at(related.json, 'data'), { plant: { id: 1 } }, 'is a relation');
  const activity = await garden.rows('directus_activity', { collection: 'directus_fields', action: 'create' });
  t.equal(activity.length, fields.length, 'each field leaves an entry');
  refused(t, await garden.send('POST', 'collections', { collection: 'sheds', fields: [key] }), 422, 307, 'the same again');
}

async function changed(t: Tester, garden: OwnGarden): Promise<void> {
  const { send } = garden;
  const added = await send('POST', 'fields/sheds', {
    field: 'age',
    type: 'integer',
    datatype: 'INT',
    length: 11,
    default_value: 3,
    required: true,
  });
  t.match(at(added.json, 'data'), { field: 'age', datatype: 'INT', type: 'integer', interface: null }, told(added));
  const one = await garden.get('items/sheds/1?fields=age', 'admin');
  t.strictSame(at(one.json, 'data'), { age: 3 }, 'rows get the default');
  const longer = await send('PATCH', 'fields/sheds/name', { length: 80, datatype: 'varchar', unique: true });
  t.match(at(longer.json, 'data'), { field: 'name', datatype: 'VARCHAR', length: '80', unique: true, required: true }, told(longer));
  const item = await send('POST', 'items/sheds', { name: 'first' });
  t.equal(item.status, 409, told(item));
  const full = at((await garden.get('fields/sheds/price', 'admin')).json, 'data');
  const before = await known(garden, 'sheds');
  const same = await send('PATCH', 'fields/sheds/price', full);
  t.equal(same.status, 200, told(same));
  t.equal(await known(garden, 'sheds'), before, 'what a field says of itself changes nothing');
  const free = await send('PATCH', 'fields/sheds/name', { unique: false, required: false, default_value: "o'x" });
  t.match(at(free.json, 'data'), { unique: false, required: false }, told(free));
  t.equal((await send('POST', 'items/sheds', { name: 'first' })).status, 200, 'and is no longer unique');
  t.match(at((await send('POST', 'items/sheds?fields=name', {})).json, 'data'), { name: "o'x" });
  const many = await send('PATCH', 'fields/sheds', [
    { field: 'name', sort: 5 },
    { field: 'divider', sort: 6 },
  ]);
  t.match(
    at(many.json, 'data'),
    [
      { field: 'name', sort: 5 },
      { field: 'divider', sort: 6 },
    ],
    told(many),
  );
  const wider = await send('PATCH', 'fields/sheds/age,count', { datatype: 'BIGINT', signed: true });
  t.match(
    at(wider.json, 'data'),
    [
      { datatype: 'BIGINT', default_value: '3' },
      { datatype: 'BIGINT', default_value: '7' },
    ],
    told(wider),
  );
  const text = await send('PATCH', 'fields/sheds/age', { type: 'string', datatype: 'VARCHAR', length: 30 });
  t.match(at(text.json, 'data'), { datatype: 'VARCHAR', length: '30', type: 'string' }, told(text));
  t.match(at((await garden.get('items/sheds/1?fields=age', 'admin')).json, 'data'), { age: '3' });
  t.equal((await send('PATCH', 'fields/sheds/divider', { type: 'string', datatype: 'VARCHAR', length: 9 })).status, 200);
  t.ok(at((await garden.get('items/sheds/1', 'admin')).json, 'data', 'divider') === null, 'an alias became a column');
}

/** Each is refused with a sentence, and nothing is another than before. */
const refusals: readonly (readonly [method: string, path: string, body: unknown, status: number, code: number])[] = [
  ['POST', 'collections', { collection: 'bad name!', fields: [key] }, 422, 4],
  ['POST', 'collections', { collection: '-x', fields: [key] }, 422, 4],
  ['POST', 'collections', { collection: 'x'.repeat(65), fields: [key] }, 422, 4],
  ['POST', 'collections', { collection: 'Directus_x', fields: [key] }, 422, 4],
  ['POST', 'collections', { collection: 'sallyport_x', fields: [key] }, 422, 4],
  ['POST', 'collections', { collection: 'nofields' }, 422, 4],
  ['POST', 'collections', { collection: 'x', fields: [key], colour: 1 }, 422, 12],
  ['POST', 'collections', { collection: 'x', fields: [name] }, 422, 12],
  ['POST', 'collections', { collection: 'x', fields: [key, { ...key, field: 'b', auto_increment: false }] }, 422, 12],
  ['POST', 'collections', { collection: 'x', fields: [key, name, { ...name, field: 'NAME' }] }, 422, 12],
  ['POST', 'collections', { collection: 'x', fields: [key, { ...name, type: 'nope' }] }, 422, 401],
  ['POST', 'collections', { collection: 'x', fields: [key, { field: 'a', type: 'string', datatype: 'VARCHAR' }] }, 422, 402],
  ['POST', 'collections', { collection: 'x', fields: [key, { field: 'a', type: 'string', datatype: 'TEXT', length: 5 }] }, 422, 403],
  [
    'POST',
    'collections',
    { collection: 'x', fields: [key, { field: 'a', type: 'string', datatype: 'int); drop table sheds; --' }] },
    422,
    12,
  ],
  ['POST', 'collections', { collection: 'x', fields: [key, { field: 'a', type: 'integer', datatype: 'INT', default_value: 'b' }] }, 422, 4],
  ['POST', 'fields/sheds', { field: 'x', type: 'integer', datatype: 'TINYINT', default_value: 4000 }, 422, 4],
  ['POST', 'fields/sheds', { field: 'x', type: 'decimal', datatype: 'DECIMAL', length: '3,1', default_value: '123.4' }, 422, 4],
  ['POST', 'fields/sheds', { field: 'x', type: 'decimal', datatype: 'DECIMAL', length: '3,1', default_value: '1.25' }, 422, 4],
  ['POST', 'fields/sheds', { field: 'x', type: 'json', datatype: 'JSON', default_value: '{"a"' }, 422, 4],
  ['POST', 'fields/sheds', name, 422, 308],
  ['POST', 'fields/sheds', { field: 'x', type: 'string', datatype: 'VARCHAR', length: 5, required: true }, 422, 404],
  ['POST', 'fields/sheds', { field: 'a"b', type: 'string', datatype: 'VARCHAR', length: 5 }, 422, 4],
  ['POST', 'fields/sheds', { field: 'x'.repeat(65), type: 'string', datatype: 'VARCHAR', length: 5 }, 422, 4],
  ['POST', 'fields/sheds', { field: 'sallyport_x', type: 'string', datatype: 'VARCHAR', length: 5 }, 422, 4],
  ['POST', 'fields/sheds', { field: 'NAME', type: 'string', datatype: 'VARCHAR', length: 5 }, 422, 308],
  ['POST', 'fields/sheds', { field: 'x', type: 'string' }, 422, 12],
  ['POST', 'fields/sheds', { field: 'x', type: 'string', datatype: 'CHAR' }, 422, 402],
  ['POST', 'fields/sheds', { field: 'x', type: 'string', datatype: 'ENUM' }, 422, 402],
  ['POST', 'fields/sheds', { field: 'x', type: 'decimal', datatype: 'DECIMAL' }, 422, 402],
  ['POST', 'fields/sheds', { field: 'x', type: 'string', datatype: 'GEOMETRY' }, 422, 12],
  ['POST', 'fields/sheds', { field: 'x', type: 'integer', datatype: 'INT', primary_key: true }, 422, 12],
  ['POST', 'fields/sheds', { field: 'x', type: 'integer', datatype: 'INT', foreign_key: 'nowhere' }, 404, 200],
  ['PATCH', 'fields/sheds/count', { datatype: 'TINYINT' }, 422, 404],
  ['PATCH', 'fields/sheds/name', { field: 'title' }, 422, 12],
  ['POST', 'fields/nowhere', { field: 'x', type: 'string', datatype: 'VARCHAR', length: 5 }, 404, 200],
  ['PATCH', 'fields/sheds/name', { length: 2 }, 422, 404],
  ['PATCH', 'fields/sheds/name', { type: 'integer', datatype: 'INT' }, 422, 404],
  ['PATCH', 'fields/sheds/price', { length: '10,0' }, 422, 404],
  ['PATCH', 'fields/sheds/body', { required: true }, 422, 404],
  ['PATCH', 'fields/sheds/open', { unique: true }, 422, 404],
  ['PATCH', 'fields/sheds/more', { type: 'alias' }, 422, 404],
  ['PATCH', 'fields/sheds/id', { primary_key: false }, 422, 12],
  ['PATCH', 'fields/sheds/nothing', { note: 'x' }, 404, 202],
  [
    'PATCH',
    'fields/sheds',
    [
      { field: 'name', sort: 1 },
      { field: 'nothing', sort: 2 },
    ],
    404,
    202,
  ],
  ['PATCH', 'collections/nowhere', { note: 'x' }, 404, 205],
  ['PATCH', 'collections/directus_users', { note: 'x' }, 422, 4],
  ['DELETE', 'fields/sheds/id', undefined, 422, 404],
  ['DELETE', 'fields/directus_users/email', undefined, 422, 404],
  ['DELETE', 'collections/directus_users', undefined, 401, 201],
  ['DELETE', 'collections/plants', undefined, 422, 404],
];

/** A type as it was asked for is told again, where the database tells it from others. */
async function types(t: Tester, { vendor, send }: OwnGarden): Promise<void> {
  const own = { postgres: 'BLOB', sqlite: 'BLOB', mysql: undefined }[vendor];
  const wanted = [
    ['TIMESTAMP', undefined, 'TIMESTAMP'],
    ['DATETIME', undefined, 'DATETIME'],
    ['BINARY', 4, vendor === 'sqlite' ? 'BINARY' : own],
    ['VARBINARY', 9, vendor === 'sqlite' ? 'VARBINARY' : own],
    ['TINYBLOB', undefined, own],
    ['LONGBLOB', undefined, own],
  ] as const;
  for (const [datatype, length, shown = datatype] of wanted) {
    const field = datatype.toLowerCase();
    const type = /BLOB|BINARY/.test(datatype) ? 'binary' : 'datetime';
    const made = await send('POST', 'fields/sheds', { field, type, datatype, ...(length === undefined ? {} : { length }) });
    t.match(at(made.json, 'data'), { type, datatype: shown }, told(made));
    const same = await send('PATCH', `fields/sheds/${field}`, at(made.json, 'data'));
    t.strictSame(same.json, made.json, `and what it says of itself changes nothing: ${told(same)}`);
    t.equal((await send('DELETE', `fields/sheds/${field}`)).status, 204);
  }
}

/** Names that each database keeps for itself. */
const ownNames = {
  sqlite: ['sqlite_x', 'collections', { collection: 'sqlite_x', fields: [key] }],
  postgres: ['ctid', 'fields/sheds', { field: 'ctid', type: 'integer', datatype: 'INT' }],
  mysql: ['db_row_id', 'fields/sheds', { field: 'DB_Row_Id', type: 'integer', datatype: 'INT' }],
} as const;

/** At the edge of what a database can hold. */
async function longest(t: Tester, { vendor, send, get }: OwnGarden): Promise<void> {
  const most = vendor === 'postgres' ? 63 : 64;
  const [table, link, plain] = ['t', 'l', 'p'].map((letter) => letter.repeat(most));
  const fields = [
    key,
    { field: link, type: 'm2o', datatype: 'INT', foreign_key: 'plants' },
    { field: plain, type: 'string', datatype: 'VARCHAR', length: 9, unique: true },
  ];
  const made = await send('POST', 'collections', { collection: table, fields });
  t.equal(made.status, 200, told(made));
  for (const unique of [true, false]) {
    const changed = await send('PATCH', `fields/${table}/${link}`, { unique });
    t.match(at(changed.json, 'data'), { unique }, `a column with a foreign key: ${told(changed)}`);
  }
  t.equal((await get(`items/${table}`, 'admin')).status, 200);
  t.equal((await send('DELETE', `collections/${table}`)).status, 204);
}

async function refusing(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.send('PATCH', 'items/sheds/1', { count: 70_000 });
  const before = await known(garden, 'sheds');
  const users = await known(garden, 'directus_users');
  for (const [method, path, body, status, code] of refusals) {
    refused(t, await garden.send(method, path, body), status, code, `${method} ${path} ${JSON.stringify(body)}`);
  }
  const [own, path, body] = ownNames[garden.vendor];
  refused(t, await garden.send('POST', path, body), 422, 4, `${own} is the database's own`);
  refused(t, await garden.send('POST', 'collections', { collection: 'x', fields: [key] }, null), 401, 3, 'the public');
  t.equal(await known(garden, 'sheds'), before, 'nothing has changed');
  t.equal(await known(garden, 'directus_users'), users, 'nor of the users');
  t.equal((await garden.get('collections/x', 'admin')).status, 404, 'and nothing was made');
}

async function deleted(t: Tester, garden: OwnGarden): Promise<void> {
  const { send } = garden;
  const forced = await send('PATCH', 'fields/sheds/name?force=1', { length: 2, default_value: null });
  if (garden.vendor === 'mysql' && !(await isMariadb())) refused(t, forced, 422, 4, 'MySQL itself cuts no values');
  else {
    t.match(at(forced.json, 'data'), { length: '2' }, told(forced));
    t.match(at((await garden.get('items/sheds/1?fields=name', 'admin')).json, 'data'), { name: 'fi' }, 'values are cut, as was asked');
  }
  for (const field of ['age', 'plant', 'price']) t.equal((await send('DELETE', `fields/sheds/${field}`)).status, 204, field);
  const ordered = await memberOrder(garden.vendor);
  const names = Object.keys((at((await garden.get('items/sheds/1', 'admin')).json, 'data') ?? {}) as { [key: string]: Json });
  t.strictSame(ordered(names), ordered(['id', 'name', 'count', 'open', 'at', 'body', 'more', 'divider']));
  await garden.permit(3, 'sheds', { read: 'full' });
  t.equal((await send('DELETE', 'collections/sheds')).status, 204);
  t.equal((await garden.get('items/sheds', 'admin')).status, 404);
  for (const table of ['directus_fields', 'directus_collections', 'directus_permissions']) {
    t.strictSame(await garden.rows(table, { collection: 'sheds' }), [], `${table} says nothing of it`);
  }
}

export const schemaEditing: Feature = {
  promise: 'the schema is edited',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('a collection is made with its table', (t) => created(t, garden));
      await t.test('fields are added and changed', (t) => changed(t, garden));
      await t.test('types', (t) => types(t, garden));
      await t.test('names as long as they may be', (t) => longest(t, garden));
      await t.test('what cannot be is refused, and changes nothing', (t) => refusing(t, garden));
      await t.test('what is deleted is gone with all that was said of it', (t) => deleted(t, garden));
    }),
};
