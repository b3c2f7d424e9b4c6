/** What a stream of SQLite promises: the rows that `texts` gives, with everybody else served meanwhile. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import type { Connection } from '../../../src/dialect/types.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { sqlite } from '../../../src/vendors/sqlite/index.ts';
import { drained, streamed } from '../../support/streams.ts';
import { folder, open } from './scratch.ts';

const of = (text: string, ...values: readonly unknown[]): Statement => ({ text, values });

const filled = [
  'create table v (id integer primary key, x)',
  "insert into v with recursive s(i) as (select 1 union all select i + 1 from s where i < 5000) select i, 'row ' || i from s",
];
const all = of('select id, x, sallyport_base64(x), null, 9007199254740993, 0.1 from v where id <= ? order by id', 4000);

async function inFile(t: Test, statements: readonly string[] = filled): Promise<{ connection: Connection; file: string }> {
  const file = join(folder(t), 'a.db');
  return { connection: await open(t, statements, file), file };
}

t.test('rows are those of texts', async (t) => {
  const { connection } = await inFile(t);
  t.equal(connection.streams, Number.POSITIVE_INFINITY);
  const { rows, batches } = await drained(streamed(connection, all));
  t.strictSame(rows, await connection.texts(all));
  t.ok(batches > 1, `${batches} batches`);
  t.strictSame((await drained(streamed(connection, of('select 1 where false')))).rows, []);
});

t.test('others read and write meanwhile, and the stream sees none of it', async (t) => {
  const { connection } = await inFile(t);
  const before = await connection.texts(all);
  const rows = streamed(connection, all);
  const first = (await rows.next()).value ?? [];
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  await connection.execute(of("update v set x = 'changed'"));
  await connection.transaction(async (transaction) => void (await transaction.execute(of('delete from v where id % 2 = 0'))));
  t.strictSame(await connection.texts(of('select count(*) from v')), [['2500']]);
  const rest = await drained(rows);
  clearInterval(timer);
  t.strictSame([...first, ...rest.rows], before);
  t.ok(turns > 0, 'the process has turns for others');
});

t.test('a stream that is left leaves nothing behind', async (t) => {
  const { connection, file } = await inFile(t);
  for await (const _ of streamed(connection, all)) break;
  const controller = new AbortController();
  const rows = streamed(connection, all, controller.signal);
  await rows.next();
  controller.abort(new Error('enough'));
  await t.rejects(drained(rows), { message: 'enough' });
  await t.rejects(drained(streamed(connection, of('select abs(-9223372036854775807 - 1 + id - id) from v'))), {
    message: 'integer overflow',
  });
  const other = new Database(file);
  t.teardown(() => other.close());
  other.exec('delete from v');
  t.strictSame(other.pragma('wal_checkpoint(truncate)'), [{ busy: 0, log: 0, checkpointed: 0 }], 'no reader holds the log');
});

t.test('databases without a second connection are read at once', async (t) => {
  const memory = await open(t, filled);
  t.strictSame((await drained(streamed(memory, all))).rows, await memory.texts(all), 'in memory');

  const { connection, file } = await inFile(t);
  const other = new Database(file);
  await connection.close();
  other.pragma('journal_mode = delete');
  other.exec('begin immediate');
  // The log cannot be had while another process writes, so the pool goes without.
  const plain = await sqlite.connect({ client: 'better-sqlite3', connection: { filename: file } });
  t.teardown(() => plain.close());
  await plain.texts(of('select 1'));
  other.exec('commit');
  other.close();
  t.strictSame(await plain.texts(of('pragma journal_mode')), [['delete']]);
  const rows = streamed(plain, all);
  await rows.next();
  await plain.execute(of("update v set x = 'changed'"));
  t.equal((await drained(rows)).rows.length > 0, true, 'without a log a reader must not keep the pool from writing');

  const readonly = await sqlite.connect({ client: 'better-sqlite3', connection: { filename: file, readonly: true } });
  t.teardown(() => readonly.close());
  t.strictSame((await drained(streamed(readonly, all))).rows, await readonly.texts(all), 'where nothing is written it may stay open');
});
