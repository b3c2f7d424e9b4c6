/** A connected PostgreSQL: statements on raw connections from knex's pool, texts out, our errors only where known. */
import type { Client as RawConnection } from 'pg';
import { demandCapabilities } from '../../dialect/capabilities.ts';
import { onlyReads } from '../../dialect/only-reads.ts';
import type { Connection, DatabaseConfig, Dialect, StatementLimits } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { wanted } from './capabilities.ts';
import { textSupport } from './collations.ts';
import { postgresDialect } from './dialect.ts';
import { type Answer, type SendOptions, send, sendEach } from './driver.ts';
import { isCancelled, isLost } from './errors.ts';
import { createPlanChoices, type PlanChoices } from './plan-choice.ts';
import { openPool, type Pool } from './pool.ts';
import { type BeginRows, createReadBatcher } from './read-batcher.ts';
import { fail, known, queryable, type Runner, reader } from './reader.ts';
import { stream } from './stream.ts';
import { type Observer, transaction } from './transaction.ts';

/** A connection lost later than this after its statement was sent had been alive: the statement itself may be why. */
const deadOnArrival = 1000;

/**
 * Connects and looks at the server.
 *
 * @throws GatewayError database_unavailable: no answer, not let in, or a server that cannot do what is needed
 */
export async function connect(config: DatabaseConfig): Promise<Connection> {
  const pool = openPool(config);
  try {
    const options = { prepared: false, repeat: false, timeout: 0 };
    const asked = (text: string): Promise<Answer> => onRaw(pool, (raw) => send(raw, { text, values: [] }, options));
    const { rows } = await asked(
      "select current_setting('server_version'), (select setting from pg_settings where name = 'plan_cache_mode')",
    );
    const [version, planning] = rows[0] ?? [];
    await demandCapabilities(`PostgreSQL ${version}`, wanted, asked, isLost);
    const prepared = config.preparedStatements ?? process.env['PREPARED'] !== 'false';
    const ask = queryable((_statement, _reads, work) => outside(pool, true, work), { prepared: false, repeat: false });
    // Who has set how to plan means it; and not everything that speaks like PostgreSQL knows the setting.
    const plans = prepared && planning === 'auto' && config.genericPlans !== false ? createPlanChoices() : undefined;
    return connectionOf(pool, { prepared, plans }, postgresDialect(await textSupport(ask), config.textOrder));
  } catch (error) {
    await pool.knex.destroy();
    throw error instanceof GatewayError ? error : new GatewayError('database_unavailable', {}, error);
  }
}

interface Preparing {
  readonly prepared: boolean;
  readonly plans: PlanChoices | undefined;
}

function connectionOf(pool: Pool, { prepared, plans }: Preparing, dialect: Dialect): Connection {
  const observe: Observer = (statement) => connection.onStatement?.(statement);
  const run: Runner = (statement, reads, work, limits) => {
    observe(statement);
    return outside(pool, reads && onlyReads(statement.text), work, limits);
  };
  const options: SendOptions = { prepared, repeat: true, plans, took: (text, took) => together.note(text, took) };
  const alone = (statement: Statement, begin: BeginRows): Promise<void> =>
    outside(pool, true, (raw) => sendEach(raw, statement, options, begin));
  const together = createReadBatcher({ pool, plans, alone });
  const single = reader(run, dialect, options);
  const connection: Connection = {
    knex: pool.knex,
    ...single,
    each(statement, begin, limits) {
      if (!prepared || limits?.timeout !== undefined || !onlyReads(statement.text)) return single.each(statement, begin, limits);
      observe(statement);
      return together.takes(statement.text) ? together.run(statement, begin) : alone(statement, begin);
    },
    transaction: (inside) => transaction(pool, dialect, prepared, observe, inside),
    stream(statement, options) {
      connection.onStatement?.(statement);
      return stream(pool, statement, options);
    },
    streams: pool.size - 1,
    use: () => pool.use(),
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
async function outside<T>(
  pool: Pool,
  repeatable: boolean,
  work: (raw: RawConnection) => Promise<T>,
  { timeout }: StatementLimits = {},
): Promise<T> {
  let sent: number | undefined;
  let after: number | undefined;
  try {
    const raw = await pool.acquire();
    try {
      sent = performance.now();
      after = limited.get(raw);
      return await work(raw);
    } catch (error) {
      if (isLost(error)) pool.spoil(raw, error);
      throw error;
    } finally {
      if (timeout !== undefined) limited.set(raw, performance.now());
      const released = pool.release(raw);
      if (released) await released;
    }
  } catch (error) {
    const took = sent === undefined ? undefined : performance.now() - sent;
    // The server tells its own limit from a hand's only as long as the statement lasts.
    if (isCancelled(error) && timeout && took !== undefined && took >= timeout) throw new GatewayError('statement_timeout', {}, error);
    const late = isCancelled(error) && sent !== undefined && after !== undefined && sent - after < deadOnArrival;
    const again = repeatable && (late || (isLost(error) && took !== undefined && took < deadOnArrival));
    if (!again) throw known(error);
  }
  return onRaw(pool, work).catch(fail);
}

/** When a statement with a time limit of its own was last over on a connection. */
const limited = new WeakMap<RawConnection, number>();
