/** Another process that writes to the same file: those who write wait for it, and nobody else does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { transactional } from '../../../src/engine/transactional.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { failure, folder, open } from './scratch.ts';

const of = (text: string): Statement => ({ text, values: [] });

/** Locks the file, says so, and gives it free when it is told to. */
const holder = `
  import Database from 'better-sqlite3';
  const raw = new Database(process.argv[1]);
  raw.exec('begin immediate; insert into a values (100)');
  process.stdout.write('locked');
  process.stdin.once('data', () => { raw.exec('commit'); raw.close(); process.exit(); });
`;

async function lockedBy(t: Test, filename: string): Promise<() => void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, filename], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  await once(child.stdout, 'data');
  return () => child.stdin.write('commit');
}

t.test('another process holds the lock', async (t) => {
  const filename = join(folder(t), 'shared.db');
  const connection = await open(t, ['create table a (x)'], filename);
  const count = async (): Promise<string | null | undefined> => (await connection.texts(of('select count(*) from a')))[0]?.[0];
  const commit = await lockedBy(t, filename);
  let [written, locked] = [0, true];
  const write = (x: number): Promise<void> =>
    transactional(connection, async (transaction) => {
      t.notOk(locked, 'the lock is there when the work begins');
      await transaction.execute(of(`insert into a values (${x})`));
      written += 1;
    });
  const writers = Promise.all([...Array.from({ length: 20 }, (_, i) => write(i)), connection.execute(of('insert into a values (101)'))]);
  const until = performance.now() + 2000;
  let reads = 0;
  for (; performance.now() < until; reads += 1) {
    t.equal(await count(), '0');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  t.ok(reads > 1, 'readers are served');
  t.equal(written, 0);
  locked = false;
  commit();
  await writers;
  t.equal(await count(), '22', 'and then all of them write');
});

t.test('another process that never ends is not waited for for ever', async (t) => {
  const filename = join(folder(t), 'shared.db');
  const connection = await open(t, ['create table a (x)'], filename, 100);
  const commit = await lockedBy(t, filename);
  const all = await Promise.all([1, 2, 3].map(() => failure(transactional(connection, async () => undefined))));
  for (const error of all) t.match(error, { kind: 'write_conflict', message: /try again/ });
  t.match(await failure(connection.execute(of('insert into a values (1)'))), { kind: 'write_conflict' });
  commit();
  await transactional(connection, (transaction) => transaction.execute(of('insert into a values (1)')));
});
