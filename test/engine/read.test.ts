/** Reads through the engine alone, on an embedded database: what no fixture of the features has. */
import t from 'tap';
import { compileRules } from '../../src/access/compile-rules.ts';
import type { Connection } from '../../src/dialect/types.ts';
import { read } from '../../src/engine/read.ts';
import { createSealer } from '../../src/lib/sealed-text.ts';
import { limitsOf } from '../../src/query/limits.ts';
import { buildSchema } from '../../src/schema/build.ts';
import type { Metadata } from '../../src/schema/types.ts';
import { parsePhpQuery, parseRead } from '../../src/surfaces/directus/parse.ts';
import { sqlite } from '../../src/vendors/sqlite/index.ts';
import { fieldRow, relationRow } from '../schema/tables.ts';

interface Teardown {
  teardown(end: () => Promise<void>): void;
}

async function open(t: Teardown, sql: string): Promise<Connection> {
  const connection = await sqlite.connect({ client: 'better-sqlite3', connection: { filename: ':memory:' } });
  t.teardown(() => connection.close());
  for (const text of sql.split(';')) if (text.trim() !== '') await connection.execute({ text, values: [] });
  return connection;
}

/** Texts of the rows that a Directus query gets, read by the system itself. */
async function texts(
  connection: Connection,
  collection: string,
  query: string,
  metadata: Partial<Metadata> = {},
): Promise<readonly string[]> {
  const schema = buildSchema(await sqlite.introspect(connection), { collections: [], fields: [], relations: [], ...metadata }, 1);
  const rules = compileRules({ permissions: [], roles: [], settings: [] }, 1);
  const asked = parseRead(collection, parsePhpQuery(query), 100);
  const { texts: found } = await read(
    { actor: { is: 'system', reason: 'test' }, schema, rules, connection, limits: limitsOf(), sealer: createSealer('secret', 'test') },
    asked.read,
  );
  return String(found.between('', ''))
    .split(/(?<=\}),(?=\{)/)
    .filter((text) => text !== '');
}

t.test('decimals keep the digits that are stored, and show those that are declared', async (t) => {
  const connection = await open(
    t,
    'create table prices (id integer primary key, price decimal(10,2)); insert into prices values (1, 10), (2, 12.5), (3, 12.345), (4, null)',
  );
  t.same(await texts(connection, 'prices', 'sort=id'), [
    '{"id":1,"price":10.00}',
    '{"id":2,"price":12.50}',
    '{"id":3,"price":12.345}',
    '{"id":4,"price":null}',
  ]);
});

t.test('stamps are ISO with an offset in whatever form they are stored', async (t) => {
  const connection = await open(
    t,
    "create table logs (id integer primary key, at datetime); insert into logs values (1, '2024-01-02 03:04:05'), (2, '2024-01-02 03:04:05.25'), (3, '2024-01-02T03:04:05.25Z')",
  );
  const fields = [fieldRow('logs', 'at', 'datetime_created')];
  t.same(await texts(connection, 'logs', 'sort=id&fields=at', { fields }), [
    '{"at":"2024-01-02T03:04:05+00:00"}',
    '{"at":"2024-01-02T03:04:05.25+00:00"}',
    '{"at":"2024-01-02T03:04:05.25+00:00"}',
  ]);
});

t.test('a relation between a number and its text', async (t) => {
  const connection = await open(
    t,
    "create table a (id integer primary key, name text); create table b (id integer primary key, a text); insert into a values (7, 'seven'); insert into b values (1, '7'), (2, '8')",
  );
  const metadata = { fields: [fieldRow('b', 'a', 'm2o')], relations: [relationRow('b.a', 'a', 'bs')] };
  t.same(await texts(connection, 'b', 'sort=id&fields=a.name', metadata), ['{"a":{"name":"seven"}}', '{"a":null}']);
  t.same(await texts(connection, 'b', 'fields=id&filter[a.name]=seven', metadata), ['{"id":1}']);
  t.same(await texts(connection, 'a', 'fields=bs.id', metadata), ['{"bs":[{"id":1}]}']);
});

t.test('more relations to one row than a database joins in one select', async (t) => {
  const columns = Array.from({ length: 80 }, (_, i) => `r${i} integer references target (id)`);
  const connection = await open(
    t,
    `create table target (id integer primary key, name text); insert into target values (1, 'one');
     create table wide (id integer primary key, ${columns.join(', ')}); insert into wide (id, r0, r79) values (1, 1, 1)`,
  );
  const [row] = await texts(connection, 'wide', 'fields=*.*&limit=5');
  const wide = JSON.parse(row ?? '{}') as Record<string, unknown>;
  t.same([wide['r0'], wide['r40'], wide['r79']], [{ id: 1, name: 'one' }, null, { id: 1, name: 'one' }]);
});

t.test('a wildcard at every level is refused before it is built', async (t) => {
  const connection = await open(
    t,
    'create table node (id integer primary key, a integer references node (id), b integer references node (id))',
  );
  const refused = await texts(connection, 'node', `fields=${Array(13).fill('*').join('.')}`).catch((error: unknown) => error);
  t.match(refused, { kind: 'limit_exceeded' });
  t.same(await texts(connection, 'node', 'fields=*.*.*'), []);
});

t.test('an order through more relations than a database joins in one select, and beside as many that are shown', async (t) => {
  const columns = Array.from({ length: 45 }, (_, i) => `r${i} integer references target (id)`);
  const connection = await open(
    t,
    `create table target (id integer primary key, name text); insert into target values (1, 'b'), (2, 'a');
     create table wide (id integer primary key, ${columns.join(', ')}); insert into wide (id, r0, r44) values (1, 1, 1), (2, 1, 2), (3, null, 2)`,
  );
  const sort = columns.map((_, i) => `r${i}.name`).join(',');
  for (const page of ['limit=5', 'limit=-1', 'limit=2']) {
    const found = await texts(connection, 'wide', `fields=*.*&sort=${sort}&${page}`);
    t.same(
      found.map((text) => (JSON.parse(text) as { id: number }).id),
      [2, 1, 3].slice(0, page === 'limit=2' ? 2 : 3),
      page,
    );
  }
});

t.test('an order through a key that is not unique adds no row', async (t) => {
  const connection = await open(
    t,
    `pragma foreign_keys = off;
     create table loose (id integer primary key, code text, rank integer); insert into loose values (1, 'x', 5), (2, 'x', 5), (3, 'y', 1);
     create table pointing (id integer primary key, code text references loose (code)); insert into pointing values (1, 'x'), (2, 'y'), (3, null)`,
  );
  t.same(await texts(connection, 'pointing', 'fields=id&sort=code.rank'), ['{"id":2}', '{"id":1}', '{"id":3}']);
});

t.test('a key that metadata declare may repeat, and adds no row', async (t) => {
  const connection = await open(
    t,
    `create table things (k integer not null, name text, pair integer); insert into things values (1, 'b', 1), (1, 'b', 1), (2, 'a', 2);
     create table pairs (id integer primary key, name text); insert into pairs values (1, 'one'), (2, 'two');
     create view seen as select k, name from things;
     create table holders (id integer primary key, thing integer, sight integer); insert into holders values (1, 1, 1), (2, 2, 2), (3, null, null)`,
  );
  const metadata = {
    fields: [
      fieldRow('things', 'k', 'integer', { options: { primary_key: true } }),
      fieldRow('seen', 'k', 'integer', { options: { primary_key: true } }),
      fieldRow('things', 'pair', 'm2o'),
      fieldRow('holders', 'thing', 'm2o'),
      fieldRow('holders', 'sight', 'm2o'),
    ],
    relations: [relationRow('things.pair', 'pairs'), relationRow('holders.thing', 'things'), relationRow('holders.sight', 'seen')],
  };
  const found = (collection: string, query: string): Promise<readonly string[]> => texts(connection, collection, query, metadata);
  for (const name of ['thing', 'sight']) {
    t.same(await found('holders', `fields=id,${name}.name&sort=id&limit=5`), [
      `{"id":1,"${name}":{"name":"b"}}`,
      `{"id":2,"${name}":{"name":"a"}}`,
      `{"id":3,"${name}":null}`,
    ]);
    t.same(await found('holders', `fields=id&sort=${name}.name`), ['{"id":2}', '{"id":1}', '{"id":3}'], 'by its order');
  }
  const page = 'filter[pair.name]=one&fields=name&limit=2&meta=filter_count';
  t.same(await found('things', page), ['{"name":"b"}', '{"name":"b"}'], 'rows that nobody can tell apart come once each');
});
