/** What a stream of PostgreSQL promises: the rows that `texts` gives, a statement that ends when nobody wants it, a pool that stays whole. */
import t from 'tap';
import type { Connection } from '../../../src/dialect/types.ts';
import { eventually } from '../../support/eventually.ts';
import { drained, streamed } from '../../support/streams.ts';
import { whyNot } from '../../support/vendors.ts';
import { another, failure, of, reason, type Scratch, scratch, urlWith } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;
const one = { min: 0, max: 1 };
const many = "select i, repeat('x', 100), null from generate_series(1, $1::int) i";

async function busy(s: Scratch): Promise<number> {
  const [row] = await s.connection.rows(
    of(
      "select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'",
    ),
  );
  return Number(row?.['n']);
}

function atRest(s: Scratch): Promise<boolean> {
  return eventually(async () => (await busy(s)) === 0);
}

t.test('rows are those of texts', { skip: absent }, async (t) => {
  const s = await scratch(t);
  for (const count of [0, 1, 32, 33, 500, 10_000]) {
    const { rows, batches } = await drained(streamed(s.connection, of(many, count)));
    t.strictSame(rows, await s.connection.texts(of(many, count)), `${count} rows`);
    t.ok(count < 33 || batches > 1, `in ${batches} batches`);
  }
  const values =
    "select 0.10::numeric, '9007199254740993'::int8, true, '{1,2}'::int[], '2020-01-01'::timestamptz, '\\x00ff'::bytea, $1::text[]";
  const list = ['a"b', 'c,d', null];
  t.strictSame((await drained(streamed(s.connection, of(values, list)))).rows, await s.connection.texts(of(values, list)), 'undecoded');
});

t.test('one connection, given back', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const small = await another(t, s, one);
  t.equal(small.streams, 0);
  const works = async (after: string): Promise<void> => void t.strictSame(await small.texts(of('select 1')), [['1']], after);
  await drained(streamed(small, of(many, 1000)));
  await works('after the end');
  for await (const _ of streamed(small, of(many, 100_000))) break;
  await works('after half of it');
  await streamed(small, of(many, 100_000)).return?.();
  await works('after none of it');
  t.match(await failure(drained(streamed(small, of('select 1 / (500 - i) from generate_series(1, 1000) i')))), { kind: 'validation' });
  await works('after an error in the middle');
  t.match(await reason(drained(streamed(small, of('select nothing')))), { code: '42703' });
  await works('after an error at the start');
  const limits = 'select current_setting($1), current_setting($2)';
  const names = ['statement_timeout', 'idle_in_transaction_session_timeout'];
  t.strictSame((await drained(streamed(small, of(limits, ...names)))).rows, [['1min', '0']], 'a stream has its own time');
  t.strictSame(await small.texts(of(limits, ...names)), [['0', '0']], 'and leaves that of others alone');
  t.ok(await atRest(s));
});

t.test('a statement that is still busy is cancelled', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const small = await another(t, s, one);
  for (const text of ['select pg_sleep(60)', 'select i, pg_sleep(case when i > 32 then 60 else 0 end) from generate_series(1, 100) i']) {
    const controller = new AbortController();
    const work = drained(streamed(small, of(text), controller.signal));
    setTimeout(() => controller.abort(new Error('enough')), 100);
    t.match(await reason(work), { message: 'enough' });
    t.ok(await atRest(s), 'the server works no more');
    t.strictSame(await small.texts(of('select 1')), [['1']], 'the pool is whole');
  }
  const controller = new AbortController();
  controller.abort(new Error('never begun'));
  t.match(await reason(drained(streamed(small, of('select 1'), controller.signal))), { message: 'never begun' });
});

t.test('a connection that is lost', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const small = await another(t, s, one);
  const end = (connection: Connection): Promise<unknown> =>
    connection.texts(
      of('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'),
    );
  await small.texts(of('select 1'));
  await end(s.connection);
  t.equal((await drained(streamed(small, of(many, 100)))).rows.length, 100, 'while idle is passed over');
  const rows = streamed(small, of(many, 1_000_000));
  await rows.next();
  await end(s.connection);
  const error = await failure(drained(rows));
  t.equal(error.kind, 'database_unavailable', 'in the middle ends the stream');
  t.strictSame(await small.texts(of('select 1')), [['1']], 'and the next one is new');
});

t.test('the way of the cancellation', { skip: absent }, async (t) => {
  const s = await scratch(t);
  const [[sockets] = []] = await s.connection.texts(of("select current_setting('unix_socket_directories')"));
  const folder = sockets?.split(',')[0]?.trim();
  if (folder === undefined || folder === '') return t.comment('the server has no socket');
  const url = urlWith(s, (copy) => {
    copy.searchParams.set('host', folder);
  });
  const local = await another(t, { ...s, config: { ...s.config, connection: url } }, one);
  if ((await reason(local.texts(of('select 1')))) instanceof Error && !(await local.texts(of('select 1')).then(Boolean, () => false))) {
    return t.comment('the socket lets nobody in');
  }
  const controller = new AbortController();
  const work = drained(streamed(local, of('select pg_sleep(60)'), controller.signal));
  setTimeout(() => controller.abort(new Error('enough')), 100);
  t.match(await reason(work), { message: 'enough' });
  t.ok(await atRest(s), 'also through a socket');
});
