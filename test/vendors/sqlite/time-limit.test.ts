/** Promise: a statement on SQLite, which holds up the whole process, ends when its time is up, also where it is a plain scan. */
import t from 'tap';
import { name, print, type Statement, sql } from '../../../src/lib/fragment.ts';
import { buildSchema } from '../../../src/schema/build.ts';
import type { Collection } from '../../../src/schema/types.ts';
import { sqliteDialect } from '../../../src/vendors/sqlite/dialect.ts';
import { sqlite } from '../../../src/vendors/sqlite/index.ts';
import { failure, open } from './scratch.ts';

const of = (text: string): Statement => ({ text, values: [] });

/** Rows without end, unless somebody looks at the clock. */
const endless = of('with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c where sallyport_pulse()');

t.test('a statement ends by the limit of the connection or by its own', async (t) => {
  const connection = await open(t, ['create table n (v)', 'insert into n values (1)'], ':memory:', 300);
  t.match(await failure(connection.texts(endless)), { kind: 'statement_timeout', message: /statementMilliseconds/ });
  t.strictSame(await connection.texts(of('select v from n where sallyport_pulse()')), [['1']], 'the connection goes on');
  const ended = connection.transaction((transaction) => transaction.texts(endless));
  t.match(await failure(ended), { kind: 'statement_timeout' }, 'in a transaction as well');
  t.equal(await connection.execute(of('insert into n values (2)')), 1);
  const patient = await open(t, [], ':memory:', 60_000);
  const start = performance.now();
  t.match(await failure(patient.texts(endless, { timeout: 20 })), { kind: 'statement_timeout' });
  t.match(await failure(patient.rows(endless, { timeout: 20 })), { kind: 'statement_timeout' });
  t.ok(performance.now() - start < 30_000, 'a shorter one of its own');
  const slow = of(
    'with recursive c(x) as (select 1 union all select x + 1 from c limit 3000000) select count(*) from c where sallyport_tick()',
  );
  t.strictSame(await connection.texts(slow, { timeout: 0 }), [['3000000']], 'none of its own');
});

/** How the condition for one collection is printed, and how often its functions are called over the rows there are. */
async function pulses(t: Parameters<typeof open>[0], statements: readonly string[], table: string) {
  const connection = await open(t, statements);
  const introspection = await sqlite.introspect(connection);
  const schema = buildSchema(introspection, { collections: [], fields: [], relations: [] }, 1);
  const collection = schema.collections.get(table) as Collection;
  const pulse = sqliteDialect().scanPulse?.(collection, 'a') ?? sql`1`;
  const { text } = print(sql`select count(*) from ${name(table)} a where ${pulse}`, sqliteDialect());
  return { text, connection };
}

t.test('what a scan of each kind of table calls', async (t) => {
  const numbered = await pulses(t, ['create table "n" (id integer primary key, v)'], 'n');
  t.match(numbered.text, 'where ("a"."id" % 251 or sallyport_tick())');
  const named = await pulses(t, ['create table n (id text primary key, v) without rowid'], 'n');
  t.match(named.text, 'where sallyport_pulse()');
  const pair = await pulses(t, ['create table n (a integer, b integer, primary key (a, b))'], 'n');
  t.match(pair.text, 'where sallyport_pulse()');
  const rows = 'with recursive c(x) as (select 1 union all select x + 1 from c limit 400)';
  const views = [
    'create table n (v)',
    `insert into n ${rows} select x from c`,
    'create view w as select a.v as a, b.v as b from n a, n b, n c, n d',
  ];
  const joined = await pulses(t, views, 'w');
  t.match(joined.text, 'where sallyport_pulse(("a"."a" is null) + ("a"."b" is null))');
  const start = performance.now();
  t.match(await failure(joined.connection.texts(of(joined.text), { timeout: 100 })), { kind: 'statement_timeout' }, 'a view of joins ends');
  t.ok(performance.now() - start < 10_000);
});

t.test('keys in steps do not pass the clock by', async (t) => {
  for (const step of [1, 2, 256, 1000, 4096, 65_536, 2 ** 22]) {
    const connection = await open(t, [
      'create table n (id integer primary key, v)',
      `with recursive c(x) as (select 1 union all select x + 1 from c limit 5000) insert into n select x * ${step} + 7, x from c`,
    ]);
    const [[some] = []] = await connection.texts(of('select count(*) from n where not (id % 251)'));
    t.ok(Number(some) >= 15 && Number(some) <= 25, `${some} of 5000 in steps of ${step}`);
  }
});
