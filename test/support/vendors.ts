/** The databases that tests run on: where their servers are, whether they answer, and databases of one's own on them. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { DatabaseConfig, VendorName } from '../../src/dialect/types.ts';
import { isMariadb as doesAsMariadb } from '../../src/vendors/mysql/capabilities.ts';

export type TestVendor = 'sqlite' | 'postgres' | 'mysql';

export const testVendors: readonly TestVendor[] = ['sqlite', 'postgres', 'mysql'];

export const clientOf: Readonly<Record<TestVendor, VendorName>> = { sqlite: 'better-sqlite3', postgres: 'pg', mysql: 'mysql2' };

const servers = {
  postgres: process.env['TEST_PG_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  mysql: process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/',
};

/** Vendors that must be there: a run that means to prove them fails instead of skipping. */
const required = new Set((process.env['REQUIRE_VENDORS'] ?? '').split(',').map((name) => name.trim()));

/** Milliseconds for a server that makes or drops databases for others meanwhile; one that is not there refuses at once. */
const patience = 15_000;

/** Runs statements on the server itself, outside any test database. */
async function onServer<T>(vendor: 'postgres' | 'mysql', run: (send: (text: string) => Promise<unknown>) => Promise<T>): Promise<T> {
  if (vendor === 'postgres') {
    const client = new pg.Client({ connectionString: servers.postgres, connectionTimeoutMillis: patience });
    await client.connect();
    try {
      return await run((text) => client.query(text));
    } finally {
      await client.end();
    }
  }
  const connection = await mysql.createConnection({ uri: servers.mysql, connectTimeout: patience });
  try {
    return await run((text) => connection.query(text));
  } finally {
    await connection.end();
  }
}

function urlWithDatabase(url: string, database: string): string {
  const copy = new URL(url);
  copy.pathname = `/${database}`;
  return copy.href;
}

/** Why the vendor cannot be tested here, or undefined when it can (or must). */
export async function whyNot(vendor: TestVendor): Promise<string | undefined> {
  if (vendor === 'sqlite' || required.has(vendor)) return undefined;
  try {
    await onServer(vendor, (send) => send('select 1'));
    return undefined;
  } catch {
    const variable = vendor === 'postgres' ? 'TEST_PG_URL' : 'TEST_MYSQL_URL';
    return `No ${vendor} server answers at the default address; set ${variable} to test on one.`;
  }
}

/** Those of the extensions that the PostgreSQL server cannot install. */
export async function missingExtensions(names: readonly string[]): Promise<string[]> {
  return onServer('postgres', async (send) => {
    const { rows } = (await send('select name from pg_available_extensions')) as { rows: { name: string }[] };
    return names.filter((name) => !rows.some((row) => row.name === name));
  });
}

/** Whether the server of the MySQL tests is MariaDB, which has types of its own: it does what stands in comments for it alone. */
export async function isMariadb(): Promise<boolean> {
  return onServer('mysql', async (send) => {
    const [[row] = []] = (await send(`select ${doesAsMariadb} as does`)) as [{ does: number }[]];
    return Number(row?.does) === 1;
  });
}

/** The Redis server of the tests. */
export const redisUrl = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** Why nothing can be tested with Redis here, or undefined when it can (or must). */
export async function whyNoRedis(): Promise<string | undefined> {
  if (required.has('redis')) return undefined;
  const { hostname, port } = new URL(redisUrl);
  const answers = await new Promise<boolean>((done) => {
    const socket = connect(Number(port || 6379), hostname);
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.setTimeout(patience, () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
  return answers ? undefined : 'No Redis server answers at the default address; set TEST_REDIS_URL to test with one.';
}

export interface TestDatabase {
  readonly config: DatabaseConfig;
  drop(): Promise<void>;
}

/** A new empty database. On SQLite a file in a folder of its own. `options` stand behind `create database`. */
export async function createDatabase(vendor: TestVendor, options?: string): Promise<TestDatabase> {
  const client = clientOf[vendor];
  if (vendor === 'sqlite') {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
    const filename = join(folder, 'test.db');
    // A missing file is an error to the gateway; an empty one is an empty database.
    await writeFile(filename, '');
    return {
      config: { client, connection: { filename } },
      drop: () => rm(folder, { recursive: true, force: true }),
    };
  }
  const name = `sallyport_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const created = options ?? (vendor === 'mysql' ? 'character set utf8mb4' : '');
  await onServer(vendor, (send) => send(`create database ${name} ${created}`));
  return {
    config: { client, connection: urlWithDatabase(servers[vendor], name) },
    drop: () => onServer(vendor, async (send) => void (await send(`drop database ${name}${vendor === 'postgres' ? ' with (force)' : ''}`))),
  };
}

/** Runs with a new empty database and drops it afterwards, whatever happens. */
export async function withDatabase<T>(vendor: TestVendor, run: (config: DatabaseConfig) => Promise<T>): Promise<T> {
  const database = await createDatabase(vendor);
  try {
    return await run(database.config);
  } finally {
    await database.drop();
  }
}

/** Names of members as the vendor's JSON has them: MySQL itself, unlike MariaDB, orders the members of an object its own way. */
export async function memberOrder(vendor: TestVendor): Promise<(names: readonly string[]) => readonly string[]> {
  const kept = vendor !== 'mysql' || (await isMariadb());
  return (names) => (kept ? names : names.toSorted());
}
