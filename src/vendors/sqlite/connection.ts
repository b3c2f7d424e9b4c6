/** A connected SQLite database: statements on the raw connection of knex's pool, safe values out, our errors only where known. */
import type { Database } from 'better-sqlite3';
import { isTimeout } from '../../dialect/outcomes.ts';
import { createTransactionQueue } from '../../dialect/transaction-queue.ts';
import type { Connection, DatabaseConfig, Dialect, Reader, StatementLimits, Transaction } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { sqliteDialect } from './dialect.ts';
import { execute, rows, texts } from './driver.ts';
import { translate } from './errors.ts';
import { type DatabaseFile, databaseFileOf } from './file.ts';
import { openPool, type Pool } from './pool.ts';
import { lockPatience, retryHeldWhileLocked, retryWhileLocked } from './retry-locked.ts';
import { stream } from './stream.ts';

/** The first version with all the JSON functions built in, and with `pragma_table_list`. */
const oldest = [3, 38] as const;

type Observer = (statement: Statement) => void;

/**
 * Opens the database.
 *
 * @throws GatewayError database_unavailable: no such file, not a database, not to be opened, or a version older than we serve
 */
export async function connect(config: DatabaseConfig): Promise<Connection> {
  const file = databaseFileOf(config.connection);
  const pool = openPool(file);
  try {
    const version = await onRaw(pool, 0, (raw) => texts(raw, { text: 'select sqlite_version()', values: [] }, 0)[0]?.[0] ?? '');
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
      throw new GatewayError('database_unavailable', { message: `SQLite ${version} is too old: ${oldest.join('.')} or later is needed` });
    }
    return connectionOf(pool, file, sqliteDialect(config.textOrder), config.statementMilliseconds ?? 0);
  } catch (error) {
    await pool.knex.destroy();
    throw translate(error) ?? new GatewayError('database_unavailable', {}, error);
  }
}

function connectionOf(pool: Pool, file: DatabaseFile, dialect: Dialect, longest: number): Connection {
  const observe: Observer = (statement) => connection.onStatement?.(statement);
  const connection: Connection = {
    knex: pool.knex,
    ...reader(dialect, observe, longest, (work) => onRaw(pool, longest, work).catch(fail)),
    transaction: (inside) => transaction(pool, dialect, observe, longest, inside),
    rebuilding: (inside) => transaction(pool, dialect, observe, longest, inside, rebuilt),
    stream(statement, options) {
      observe(statement);
      return stream(file, statement, { ...options, longest }, () => connection.texts(statement));
    },
    // Each has a connection of its own.
    streams: Number.POSITIVE_INFINITY,
    use: () => pool.use(),
    close: () => pool.knex.destroy(),
  };
  return connection;
}

type Runner = <T>(work: (raw: Database) => T) => Promise<T>;

/** `longest` is how many milliseconds a statement may take that has no limit of its own. */
function reader(dialect: Dialect, observe: Observer, longest: number, run: Runner): Omit<Reader, 'estimate'> {
  const on = <T>(statement: Statement, work: (raw: Database) => T): Promise<T> => {
    observe(statement);
    return run(work);
  };
  const within = ({ timeout = longest }: StatementLimits = {}): number => timeout;
  return {
    vendor: 'better-sqlite3',
    dialect,
    texts: (statement, limits) => on(statement, (raw) => texts(raw, statement, within(limits))),
    rows: (statement, limits) => on(statement, (raw) => rows(raw, statement, within(limits))),
    async each(statement, begin, limits) {
      const found = await on(statement, (raw) => texts(raw, statement, within(limits)));
      found.forEach(begin());
    },
    execute: (statement) => on(statement, (raw) => execute(raw, statement)),
  };
}

/** Work on the raw connection, given back afterwards; one whose file failed is closed, and so opened anew by the pool. */
async function onRaw<T>(pool: Pool, longest: number, work: (raw: Database) => T): Promise<T> {
  const { raw, value } = await retryWhileLocked(pool, lockPatience(longest), work);
  await pool.release(raw);
  return value;
}

async function transaction<T>(
  pool: Pool,
  dialect: Dialect,
  observe: Observer,
  longest: number,
  inside: (transaction: Transaction) => Promise<T>,
  manner: Manner = plain,
): Promise<T> {
  const turn = pool.writers.acquire();
  if (turn) await turn;
  try {
    const raw = await begun(pool, longest, manner).catch(fail);
    return await onBegun(raw, dialect, observe, longest, inside).finally(() => {
      manner.after(raw);
      return pool.release(raw);
    });
  } finally {
    pool.writers.release();
  }
}

/** When the last transaction of a pool got its lock. Those who waited behind it begin to wait for another process only then. */
const locked = new WeakMap<Pool, number>();

/** What a connection is like while a transaction lasts. */
interface Manner {
  begin(raw: Database): void;
  after(raw: Database): void;
}

const plain: Manner = { begin: (raw) => raw.exec('begin immediate'), after() {} };

/** Taking away a table deletes its rows, upon which foreign keys would act; that can be switched outside of transactions only. */
const rebuilt: Manner = {
  begin(raw) {
    raw.pragma('foreign_keys = off');
    try {
      raw.exec('begin immediate');
    } catch (error) {
      this.after(raw);
      throw error;
    }
  },
  after(raw) {
    if (!raw.open) return;
    raw.pragma('legacy_alter_table = off');
    raw.pragma('foreign_keys = on');
  },
};

/** The lock is taken at once: one that is asked for only by the first write can be refused for good. */
async function begun(pool: Pool, longest: number, manner: Manner): Promise<Database> {
  const since = (): number => locked.get(pool) ?? 0;
  const { raw } = await retryWhileLocked(pool, lockPatience(longest), (one) => manner.begin(one), since);
  locked.set(pool, performance.now());
  return raw;
}

async function onBegun<T>(
  raw: Database,
  dialect: Dialect,
  observe: Observer,
  longest: number,
  inside: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const line = createTransactionQueue();
  const run: Runner = (work) => line.send(() => known(() => work(raw)), isTimeout);
  try {
    const result = await inside({ ...reader(dialect, observe, longest, run), last: (work) => work() }).finally(line.end);
    line.check();
    // Without a log, those who are reading are waited for.
    await retryHeldWhileLocked(lockPatience(longest), () => raw.exec('commit')).catch(fail);
    return result;
  } catch (error) {
    endTransaction(raw);
    throw error;
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
