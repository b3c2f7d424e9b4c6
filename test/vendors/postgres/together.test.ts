/** Promise: short reads that wait for a connection travel together, and nobody can tell from the answers. */
import t from 'tap';
import type { Connection, DatabaseConfig } from '../../../src/dialect/types.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { createQuickStatements } from '../../../src/vendors/postgres/quick.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, of, scratch } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;

/** The moment is that of the transaction. */
const inverse = 'select (100 / $1::int)::text, clock_timestamp()::text, now()::text, pg_backend_pid()::text';
const crowd = Array.from({ length: 60 }, (_, i) => i + 1);

async function read(connection: Connection, divisor: number): Promise<readonly (string | null)[]> {
  let found: readonly (string | null)[][] = [];
  await connection.each(of(inverse, String(divisor)), () => {
    const rows: (string | null)[][] = [];
    found = rows;
    return (cells) => void rows.push([...cells]);
  });
  if (found.length !== 1) throw new Error(`${found.length} rows instead of one`);
  return found[0] ?? [];
}

const readAll = (connection: Connection, divisors: readonly number[]) => Promise.all(divisors.map((one) => read(connection, one)));

const answers = (divisors: readonly number[]) => divisors.map((one) => String(Math.trunc(100 / one)));

async function one(t: Parameters<typeof scratch>[0], config: DatabaseConfig, more: Partial<DatabaseConfig> = {}): Promise<Connection> {
  const connection = await postgres.connect({ ...config, pool: { min: 0, max: 1 }, ...more });
  t.teardown(() => connection.close());
  // Until it is known how it is planned best, and that it is short.
  for (let i = 0; i < 400; i += 1) await read(connection, 7);
  return connection;
}

t.test('reads that wait', { skip: absent }, async (t) => {
  const { config } = await scratch(t);
  const connection = await one(t, config);
  const asked: string[] = [];
  connection.onStatement = ({ text }) => void asked.push(text);
  const rows = await readAll(connection, crowd);
  t.strictSame(
    rows.map(([value]) => value),
    answers(crowd),
    'each has its own answer',
  );
  t.equal(asked.length, crowd.length, 'and was seen');
  const moments = new Set(rows.map((row) => row[2]));
  t.ok(moments.size < crowd.length, `${crowd.length} reads were ${moments.size} transactions`);
});

t.test('one that fails', { skip: absent }, async (t) => {
  const { config } = await scratch(t);
  const connection = await one(t, config);
  const mixed = crowd.map((divisor) => (divisor % 20 === 0 ? 0 : divisor));
  const settled = await Promise.allSettled(mixed.map((divisor) => read(connection, divisor)));
  t.strictSame(
    settled.map((end, i) => (end.status === 'fulfilled' ? end.value[0] : `failed ${mixed[i]}`)),
    mixed.map((divisor) => (divisor === 0 ? 'failed 0' : String(Math.trunc(100 / divisor)))),
    'fails alone',
  );
  t.strictSame((await read(connection, 4))[0], '25', 'and what comes after is answered');
});

t.test('a connection that is lost', { skip: absent }, async (t) => {
  const { config } = await scratch(t);
  const connection = await one(t, config);
  const other = await postgres.connect({ ...config, pool: { min: 0, max: 1 } });
  t.teardown(() => other.close());
  for (let round = 0; round < 5; round += 1) {
    const pid = (await read(connection, 1))[3];
    const [rows] = await Promise.all([
      readAll(connection, crowd),
      other.texts(of('select pg_terminate_backend($1::int)::text', pid ?? '0')),
    ]);
    t.strictSame(
      rows.map(([value]) => value),
      answers(crowd),
    );
  }
});

t.test('without prepared statements each goes alone', { skip: absent }, async (t) => {
  const { config } = await scratch(t);
  const connection = await one(t, config, { preparedStatements: false });
  const rows = await readAll(connection, crowd);
  t.equal(new Set(rows.map((row) => row[2])).size, crowd.length);
  t.match(await failure(read(connection, 0)), /./);
});

t.test('what counts as short', async (t) => {
  const quick = createQuickStatements();
  const runs = (text: string, count: number, took: number): void => {
    for (let i = 0; i < count; i += 1) quick.note(text, took);
  };
  t.notOk(quick.is('unknown'));
  runs('short', 31, 1);
  t.notOk(quick.is('short'), 'not before it has shown it');
  runs('short', 1, 1);
  t.ok(quick.is('short'));
  runs('short', 1, Number.POSITIVE_INFINITY);
  t.notOk(quick.is('short'), 'one that was slow or failed has it to show again');
  runs('short', 32, 1);
  t.ok(quick.is('short'));
  runs('long', 100, 8);
  t.notOk(quick.is('long'));
});
