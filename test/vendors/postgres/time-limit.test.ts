/** Promise: PostgreSQL ends statements by itself when their time is up, by the session's limit and by a statement's own. */
import t from 'tap';
import type { Connection, DatabaseConfig } from '../../../src/dialect/types.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { eventually } from '../../support/eventually.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, of, type Scratch, scratch, urlWith } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;

async function limited(t: Parameters<typeof scratch>[0], config: DatabaseConfig, statementMilliseconds: number): Promise<Connection> {
  const connection = await postgres.connect({ ...config, statementMilliseconds, pool: { min: 0, max: 1 } });
  t.teardown(() => connection.close());
  return connection;
}

const setting = async (connection: Connection, name: string): Promise<string | null | undefined> =>
  (await connection.texts(of('select current_setting($1)', name)))[0]?.[0];

const working = of(`select count(*) from pg_stat_activity
  where state = 'active' and backend_type = 'client backend' and datname = current_database() and pid <> pg_backend_pid()`);

/** Whether the server soon works on nothing of this test any more: it tells of an error before it has put all away. */
function atRest(s: Scratch): Promise<boolean> {
  return eventually(async () => (await s.connection.texts(working))[0]?.[0] === '0');
}

t.test('the limit of a session', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const connection = await limited(t, s.config, 400);
  t.equal(await setting(connection, 'statement_timeout'), '400ms');
  t.equal(await setting(connection, 'lock_timeout'), '360ms');
  t.match(await failure(connection.texts(of('select pg_sleep(30)'))), { kind: 'statement_timeout', message: /statementMilliseconds/ });
  t.ok(await atRest(s), 'nothing goes on in the database');
  t.strictSame(await connection.texts(of('select 1')), [['1']], 'the connection does');
  await s.connection.execute(of('create table held (id int)'));
  await s.connection.transaction(async (transaction) => {
    await transaction.execute(of('lock table held'));
    t.match(
      await failure(connection.texts(of('select * from held'))),
      { kind: 'write_conflict', message: /under way/ },
      'a lock is told apart',
    );
  });
  t.equal(await setting(await limited(t, s.config, 0), 'statement_timeout'), '0', 'none is none');
});

t.test('what is set elsewhere', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const inUrl = { ...s.config, connection: urlWith(s, (copy) => copy.searchParams.set('statement_timeout', '90000')) };
  t.equal(await setting(await limited(t, inUrl, 400), 'statement_timeout'), '90s', 'by the project itself, which stands');
  const inOptions = { ...s.config, connection: urlWith(s, (copy) => copy.searchParams.set('options', '-c statement_timeout=80s')) };
  t.equal(await setting(await limited(t, inOptions, 400), 'statement_timeout'), '80s');
  const name = new URL(String(s.config.connection)).pathname.slice(1);
  await s.connection.execute(of(`alter database ${name} set statement_timeout = '300ms'`));
  t.equal(await setting(await limited(t, s.config, 400), 'statement_timeout'), '300ms', 'less for the database');
  t.equal(await setting(await limited(t, s.config, 200), 'statement_timeout'), '200ms', 'more for the database');
});

t.test('the limit of one statement', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const connection = await limited(t, s.config, 2000);
  // From the second time on it is a prepared statement.
  for (const time of [1, 2, 3]) {
    const what = `the ${time}. time`;
    const sleep = of('select pg_sleep($1::float8), current_setting($2)', '0.02', 'statement_timeout');
    t.strictSame(await connection.texts(sleep, { timeout: 1900 }), [['', '1900ms']], what);
    t.strictSame(await connection.rows(sleep, { timeout: 1800 }), [{ pg_sleep: '', current_setting: '1800ms' }], what);
    t.strictSame(await connection.texts(sleep), [['', '2s']], `${what}, and what held before holds after it`);
    const slow = of('select pg_sleep($1::float8), current_setting($2)', '20', 'statement_timeout');
    t.match(await failure(connection.texts(slow, { timeout: 60 })), { kind: 'statement_timeout' }, what);
    t.ok(await atRest(s), 'nothing goes on in the database');
    t.strictSame(await connection.texts(sleep), [['', '2s']], `${what}, after it failed`);
  }
  t.strictSame(await connection.texts(of('select pg_sleep(2.2), $1::int', 1), { timeout: 0 }), [['', '1']], 'longer than all others');
  const broken = connection.texts(of('select no_such_column'), { timeout: 1000 });
  t.ok(postgres.isStale(await broken.catch((error: unknown) => error)), 'other errors are what they were');
  t.strictSame(await connection.texts(of('select 1 where false'), { timeout: 1000 }), []);
});

t.test('a name that the server lost, and a shape that changed', { skip: absent }, async (t) => {
  const s = await scratch(t, ['create table grown (a int)', 'insert into grown values (1)']);
  const connection = await limited(t, s.config, 5000);
  const all = of('select * from grown where a = $1', 1);
  for (let i = 0; i < 3; i++) t.strictSame(await connection.texts(all, { timeout: 1000 }), [['1']]);
  await connection.execute(of('deallocate all'));
  t.strictSame(await connection.texts(all, { timeout: 1000 }), [['1']]);
  for (let i = 0; i < 3; i++) t.strictSame(await connection.texts(all, { timeout: 1000 }), [['1']]);
  await s.connection.execute(of('alter table grown add b int default 2'));
  t.strictSame(await connection.texts(all, { timeout: 1000 }), [['1', '2']]);
});

t.test('reading the catalogue takes as long as it takes', { skip: absent }, async (t) => {
  const s = await scratch(t, ['create table a (id int primary key)']);
  const connection = await limited(t, s.config, 1);
  t.equal((await postgres.introspect(connection)).tables.length, 1);
  t.ok(await postgres.fingerprint(connection));
});
