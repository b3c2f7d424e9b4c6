/** A connected SQLite database: statements on the raw connection of knex's pool, safe values out, our errors only where known. */
import type { Database } from 'better-sqlite3';
import type { Connection, DatabaseConfig, Queryable } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { sqliteDialect } from './dialect.ts';
import { execute, rows, texts } from './driver.ts';
import { isLost, translate } from './errors.ts';
import { placeOf } from './file.ts';
import { openPool, type Pool } from './pool.ts';

/** The first version with all the JSON functions built in, and with `pragma_table_list`. */
const oldest = [3, 38] as const;

type Observer = (statement: Statement) => void;

/**
 * Opens the database.
 *
 * @throws GatewayError database_unavailable: no such file, not a database, not to be opened, or a version older than we serve
 */
export async function connect(config: DatabaseConfig): Promise<Connection> {
  const pool = openPool(placeOf(config.connection));
  try {
    const version = await onRaw(pool, (raw) => texts(raw, { text: 'select sqlite_version()', values: [] })[0]?.[0] ?? '');
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
      throw new GatewayError('database_unavailable', { message: `SQLite ${version} is too old: ${oldest.join('.')} or later is needed` });
    }
    return connectionOf(pool);
  } catch (error) {
    await pool.knex.destroy();
    throw translate(error) ?? new GatewayError('database_unavailable', {}, error);
  }
}

function connectionOf(pool: Pool): Connection {
  const observe: Observer = (statement) => connection.onStatement?.(statement);
  const connection: Connection = {
    vendor: 'better-sqlite3',
    dialect: sqliteDialect,
    knex: pool.knex,
    ...queryable(observe, (work) => onRaw(pool, work).catch(fail)),
    transaction: (inside) => transaction(pool, observe, inside),
    close: () => pool.knex.destroy(),
  };
  return connection;
}

type Runner = <T>(work: (raw: Database) => T) => Promise<T>;

function queryable(observe: Observer, run: Runner): Queryable {
  const on = <T>(statement: Statement, work: (raw: Database, statement: Statement) => T): Promise<T> => {
    observe(statement);
    return run((raw) => work(raw, statement));
  };
  return {
    texts: (statement) => on(statement, texts),
    rows: (statement) => on(statement, rows),
    execute: (statement) => on(statement, execute),
  };
}

/** Work on the raw connection, given back afterwards; one whose file failed is closed, and so opened anew by the pool. */
async function onRaw<T>(pool: Pool, work: (raw: Database) => T): Promise<T> {
  const raw = await pool.acquire();
  try {
    return work(raw);
  } catch (error) {
    if (isLost(error)) raw.close();
    throw error;
  } finally {
    await pool.release(raw);
  }
}

async function transaction<T>(pool: Pool, observe: Observer, inside: (transaction: Queryable) => Promise<T>): Promise<T> {
  const raw = await pool.acquire().catch(fail);
  const run: Runner = async (work) => known(() => work(raw));
  try {
    // The lock is taken at once: one that is asked for only by the first write can be refused for good.
    known(() => raw.exec('begin immediate'));
    const result = await inside(queryable(observe, run));
    known(() => raw.exec('commit'));
    return result;
  } catch (error) {
    endTransaction(raw);
    throw error;
  } finally {
    await pool.release(raw);
  }
}

/** Rolls back; a connection that cannot is closed, which ends its transaction as well. */
function endTransaction(raw: Database): void {
  try {
    if (raw.inTransaction) raw.exec('rollback');
  } catch {
    raw.close();
  }
}

function known<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): never {
  throw translate(error) ?? error;
}
