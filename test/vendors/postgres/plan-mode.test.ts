/** Promise: reads that repeat come to be planned once for all values; transactions, and who has set how to plan, are left alone. */
import t from 'tap';
import type { Connection, DatabaseConfig } from '../../../src/dialect/types.ts';
import type { Statement } from '../../../src/lib/fragment.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { whyNot } from '../../support/vendors.ts';
import { failure, of, type Scratch, scratch, urlWith } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;

async function one(t: Parameters<typeof scratch>[0], config: DatabaseConfig): Promise<Connection> {
  const connection = await postgres.connect({ ...config, pool: { min: 0, max: 1 } });
  t.teardown(() => connection.close());
  return connection;
}

/** Of many joins, so that planning is most of the work; by its own estimate the server would still plan it for each value. */
const joined: string = Array.from({ length: 4 }, (_, i) => `join numbers n${i + 1} on n${i + 1}.n = n${i}.n`).join(' ');
const read = (value: number | string): Statement =>
  of(`select n0.n from numbers n0 ${joined} where n0.n <= $1::int order by n0.n`, String(value));

async function filled(s: Scratch): Promise<void> {
  await s.connection.execute(of('create table numbers (n int primary key)'));
  await s.connection.execute(of('insert into numbers select i from generate_series(1, 1000) i'));
  await s.connection.execute(of('analyze numbers'));
}

async function rows(connection: Connection, statement: Statement): Promise<string[]> {
  const found: string[] = [];
  await connection.each(statement, () => (cells) => void found.push(String(cells[0])));
  return found;
}

async function repeated(connection: Connection): Promise<void> {
  for (let i = 1; i <= 600; i += 1) await rows(connection, read(i % 5));
}

const forced = (s: Scratch): string => urlWith(s, (url) => url.searchParams.set('options', '-c plan_cache_mode=force_custom_plan'));

const mode = of(`select current_setting('plan_cache_mode')`);
const plans = of(`select sum(generic_plans) from pg_prepared_statements where statement like 'select n0.n%'`);

t.test('a read that repeats', { skip: absent }, async (t) => {
  const s = await scratch(t);
  await filled(s);
  const connection = await one(t, s.config);
  await repeated(connection);
  t.ok(Number((await connection.texts(plans))[0]?.[0]) > 100, 'it is not planned each time');
  t.strictSame(await connection.texts(mode), [['auto']], 'what is asked once is planned for its values');
  t.strictSame(await rows(connection, read(2)), ['1', '2']);
  await connection
    .transaction(async (transaction) => {
      t.strictSame(await transaction.texts(mode), [['auto']], 'so is what stands in a transaction');
      throw new Error('back');
    })
    .catch(() => undefined);
  t.strictSame(await rows(connection, read(1)), ['1']);
  await connection.transaction(async (transaction) => t.strictSame(await transaction.texts(mode), [['auto']]));
  await connection.texts(mode);
  t.match(await failure(rows(connection, read('nine'))), { kind: 'validation' }, 'the setting went with what failed');
  t.strictSame(await connection.texts(mode), [['auto']]);
  t.strictSame(await rows(connection, read(3)), ['1', '2', '3']);
});

t.test('who has set how to plan', { skip: absent }, async (t) => {
  const s = await scratch(t);
  await filled(s);
  const told = await one(t, { ...s.config, connection: forced(s) });
  const off = await one(t, { ...s.config, genericPlans: false });
  for (const connection of [told, off]) {
    await repeated(connection);
    t.strictSame(await connection.texts(of(`select generic_plans from pg_prepared_statements where statement like 'select n0.n%'`)), [
      ['0'],
    ]);
  }
});
