/** A connected PostgreSQL: statements on raw connections from knex's pool, texts out, our errors only where known. */
import type { Client as RawConnection } from 'pg';
import { onlyReads } from '../../dialect/only-reads.ts';
import type { Connection, DatabaseConfig, Queryable } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { postgresDialect } from './dialect.ts';
import { type Answer, objects, send } from './driver.ts';
import { isForgotten, isLost, translate } from './errors.ts';
import { openPool, type Pool } from './pool.ts';

const oldestServed = 120_000;
/** A connection lost later than this after its statement was sent had been alive: the statement itself may be why. */
const deadOnArrival = 1000;

function known(error: unknown): unknown {
  return translate(error) ?? error;
}

function fail(error: unknown): never {
  throw known(error);
}

/**
 * Connects and looks at the server.
 *
 * @throws GatewayError database_unavailable: no answer, not let in, or a version older than we serve
 */
export async function connect(config: DatabaseConfig): Promise<Connection> {
  const pool = openPool(config);
  try {
    const text = "select current_setting('server_version_num'), current_setting('server_version')";
    const { rows } = await onRaw(pool, (raw) => send(raw, { text, values: [] }, { prepared: false, repeat: false }));
    const [number, version] = rows[0] ?? [];
    if (Number(number) < oldestServed) {
      throw new GatewayError('database_unavailable', { message: `PostgreSQL ${version} is too old; version 12 or newer is served` });
    }
    return connectionOf(pool, process.env['PREPARED'] !== 'false');
  } catch (error) {
    await pool.knex.destroy();
    throw error instanceof GatewayError ? error : new GatewayError('database_unavailable', {}, error);
  }
}

type Runner = (statement: Statement, reads: boolean) => Promise<Answer>;

function queryable(run: Runner): Queryable {
  return {
    texts: async (statement) => (await run(statement, true)).rows.map((row) => [...row]),
    rows: async (statement) => objects(await run(statement, true)),
    execute: async (statement) => (await run(statement, false)).touched,
  };
}

function connectionOf(pool: Pool, prepared: boolean): Connection {
  const connection: Connection = {
    vendor: 'pg',
    dialect: postgresDialect,
    knex: pool.knex,
    ...queryable((statement, reads) => {
      connection.onStatement?.(statement);
      return outside(pool, reads && onlyReads(statement.text), (raw) => send(raw, statement, { prepared, repeat: true }));
    }),
    transaction: (inside) => transaction(pool, prepared, (statement) => connection.onStatement?.(statement), inside),
    close: () => pool.knex.destroy(),
  };
  return connection;
}

/** Work on a connection of its own, given back afterwards; a dead one is thrown away. */
async function onRaw<T>(pool: Pool, work: (raw: RawConnection) => Promise<T>): Promise<T> {
  const raw = await pool.acquire();
  try {
    return await work(raw);
  } catch (error) {
    if (isLost(error)) pool.spoil(raw, error);
    throw error;
  } finally {
    await pool.release(raw);
  }
}

/**
 * Work outside a transaction. What reads is repeated once, on a new connection, when its own turns out to have died while it
 * lay idle: ended by an administrator, or its server restarted. Nothing else is repeated, as nobody knows how far it came.
 */
async function outside<T>(pool: Pool, repeatable: boolean, work: (raw: RawConnection) => Promise<T>): Promise<T> {
  let sent: number | undefined;
  try {
    return await onRaw(pool, (raw) => {
      sent = performance.now();
      return work(raw);
    });
  } catch (error) {
    const again = repeatable && isLost(error) && sent !== undefined && performance.now() - sent < deadOnArrival;
    if (!again) throw known(error);
  }
  return onRaw(pool, work).catch(fail);
}

async function transaction<T>(
  pool: Pool,
  prepared: boolean,
  observe: (statement: Statement) => void,
  inside: (transaction: Queryable) => Promise<T>,
): Promise<T> {
  const raw = await begun(pool);
  const line = queue(raw, prepared);
  const run: Runner = (statement) => {
    observe(statement);
    return line.send(statement).catch(fail);
  };
  try {
    const result = await inside(queryable(run)).finally(line.end);
    const { command } = await raw.query('commit').catch(fail);
    // What failed inside has ended the transaction, even where the caller made nothing of it: nothing was committed.
    if (command === 'ROLLBACK') throw known(line.failure() ?? new Error('The transaction was rolled back'));
    return result;
  } catch (error) {
    // A connection that cannot roll back must not be used again: its transaction ends with it.
    await raw.query('rollback').catch((cause: unknown) => pool.spoil(raw, cause));
    // The server may still hold a name that the driver has given up.
    if (isForgotten(line.failure())) pool.spoil(raw, error);
    throw error;
  } finally {
    await pool.release(raw);
  }
}

interface Line {
  send(statement: Statement): Promise<Answer>;
  /** Waits for what is under way and lets nothing else through: it would run outside the transaction. */
  end(): Promise<void>;
  /** The first error. */
  failure(): unknown;
}

/** The statements of a transaction, one after the other, as the driver wants them, even when the caller does not wait. */
function queue(raw: RawConnection, prepared: boolean): Line {
  let last: Promise<unknown> = Promise.resolve();
  let over = false;
  let failure: unknown;
  return {
    send(statement) {
      const answer = last.then(() => {
        if (over) throw new Error('The transaction is over');
        return send(raw, statement, { prepared, repeat: false });
      });
      last = answer.catch((error: unknown) => {
        failure ??= error;
      });
      return answer;
    },
    async end() {
      over = true;
      await last;
    },
    failure: () => failure,
  };
}

/** A connection with a transaction begun. A dead idle connection is passed over once, as nothing has been done yet. */
async function begun(pool: Pool): Promise<RawConnection> {
  for (let attempt = 1; ; attempt += 1) {
    const raw = await pool.acquire().catch(fail);
    try {
      await raw.query('begin');
      return raw;
    } catch (error) {
      pool.spoil(raw, error);
      await pool.release(raw);
      if (attempt === 2 || !isLost(error)) throw known(error);
    }
  }
}
