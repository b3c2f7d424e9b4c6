/** A database of one's own on any vendor, over a pool of five. */
import type { Test } from 'tap';
import type { Connection, DatabaseConfig } from '../../src/dialect/types.ts';
import { name, print, type Statement, sql } from '../../src/lib/fragment.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { createDatabase, type TestVendor } from '../support/vendors.ts';

export interface Opened {
  readonly config: DatabaseConfig;
  readonly connection: Connection;
}

/** Opens it for the time of the test, with a table `rows (id, n)` that holds the rows 1 to 5, all with 0. */
export async function opened(t: Test, vendor: TestVendor, statements: readonly string[] = []): Promise<Opened> {
  const database = await createDatabase(vendor);
  t.teardown(() => database.drop());
  const config: DatabaseConfig = { ...database.config, pool: { max: 5 } };
  const connection = await vendorOf(config.client).connect({ ...config, connection: created(config.connection) });
  t.teardown(() => connection.close());
  const engine = vendor === 'mysql' ? ' engine = innodb' : '';
  const table = [
    `create table counters (id integer primary key, n integer not null)${engine}`,
    'insert into counters values (1, 0), (2, 0), (3, 0), (4, 0), (5, 0)',
  ];
  for (const text of [...table, ...statements]) await connection.execute({ text, values: [] });
  return { config, connection };
}

function created(connection: DatabaseConfig['connection']): DatabaseConfig['connection'] {
  return typeof connection === 'object' && 'filename' in connection ? { ...connection, create: true } : connection;
}

/** Adds one to the counter. */
export function increment(connection: Pick<Connection, 'dialect'>, id: number): Statement {
  return print(sql`update ${name('counters')} set n = n + 1 where id = ${{ pieces: [{ value: id }] }}`, connection.dialect);
}

export async function counts(connection: Connection): Promise<unknown[]> {
  return (await connection.texts({ text: 'select n from counters order by id', values: [] })).map(([n]) => Number(n));
}
