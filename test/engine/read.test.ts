/** Reads through the engine alone, on an embedded database: what no fixture of the features has. */
import t from 'tap';
import { compileRules } from '../../src/access/compile-rules.ts';
import type { Connection } from '../../src/dialect/types.ts';
import { read } from '../../src/engine/read.ts';
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
  return (await read({ actor: { is: 'system', reason: 'test' }, schema, rules, connection }, asked.read)).texts;
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
