/** A connected PostgreSQL: statements on raw connections from knex's pool, texts out, our errors only where known. */
import type { Client as RawConnection } from 'pg';
import { demandCapabilities } from '../../dialect/capabilities.ts';
import { onlyReads } from '../../dialect/only-reads.ts';
import { conflict, isTimeout, unknownOutcome } from '../../dialect/outcomes.ts';
import type { Connection, DatabaseConfig, Dialect, Queryable, Reader, StatementLimits, TextRow, Transaction } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { beginTransaction } from './begin-transaction.ts';
import { wanted } from './capabilities.ts';
import { textSupport } from './collations.ts';
import { postgresDialect } from './dialect.ts';
import { type Answer, objects, type SendOptions, send, sendEach } from './driver.ts';
import { isCancelled, isForgotten, isLost, translate } from './errors.ts';
import { estimate } from './estimate.ts';
import { createPipeline, type Pipeline, touchedBy } from './pipeline.ts';
import { createPlanChoices, type PlanChoices } from './plan-choice.ts';
import { localSetting } from './plan-mode.ts';
import { openPool, type Pool } from './pool.ts';
import { type BeginRows, createReadBatcher } from './read-batcher.ts';
import { stream } from './stream.ts';

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

type Observer = (statement: Statement) => void;
type Runner = <T>(statement: Statement, reads: boolean, work: (raw: RawConnection) => Promise<T>, limits?: StatementLimits) => Promise<T>;

function queryable(run: Runner, options: SendOptions): Pick<Reader, keyof Queryable> {
  const ask = (statement: Statement, reads: boolean, limits?: StatementLimits): Promise<Answer> =>
    run(statement, reads, (raw) => send(raw, statement, { ...options, ...limits }), limits);
  return {
    texts: async (statement, limits) => (await ask(statement, true, limits)).rows,
    rows: async (statement, limits) => objects(await ask(statement, true, limits)),
    execute: async (statement) => (await ask(statement, false)).touched,
  };
}

function reader(run: Runner, dialect: Dialect, options: SendOptions): Reader {
  const made: Reader = {
    vendor: 'pg',
    dialect,
    ...queryable(run, options),
    each: (statement, begin, limits) => run(statement, true, (raw) => sendEach(raw, statement, { ...options, ...limits }, begin), limits),
    estimate: (select) => estimate(made, select),
  };
  return made;
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

/** A connection that was in use so lately answers: `begin` may travel with the first statement. */
const stillWarm = 1000;
const lastUse = new WeakMap<RawConnection, number>();

async function begin(pool: Pool, prepared: boolean): Promise<{ raw: RawConnection; pipeline: Pipeline }> {
  const warm = await pool.acquire().catch(fail);
  if (performance.now() - (lastUse.get(warm) ?? Number.NEGATIVE_INFINITY) < stillWarm) {
    const pipeline = createPipeline(warm, prepared, known);
    pipeline.open('begin');
    const setting = localSetting(warm);
    if (setting !== undefined) pipeline.open(setting);
    return { raw: warm, pipeline };
  }
  await pool.release(warm);
  const raw = await beginTransaction(pool, 'begin');
  return { raw, pipeline: createPipeline(raw, prepared, known) };
}

async function transaction<T>(
  pool: Pool,
  dialect: Dialect,
  prepared: boolean,
  observe: Observer,
  inside: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const { raw, pipeline } = await begin(pool, prepared);
  let committing: Promise<void> | undefined;
  const ending = (): void => {
    committing = commit(pipeline);
    committing.catch(ignored);
  };
  let outright = false;
  const whole = async (statement: Statement): Promise<readonly TextRow[] | undefined> => {
    const rows = pipeline.whole(statement);
    if (!rows) return undefined;
    observe(statement);
    outright = true;
    const told = await rows;
    outright = told !== undefined && told.length > 0;
    return told;
  };
  try {
    const result = await inside(transactionOf({ raw, pipeline, dialect, prepared, observe, ending, whole }));
    if (pipeline.failure) throw pipeline.failure.error;
    await (committing ?? commit(pipeline));
    return result;
  } catch (error) {
    await pipeline.end();
    const lost = isLost(error) || isLost(Object(error).cause);
    // A connection that cannot roll back must not be used again: its transaction ends with it.
    await raw.query('rollback').catch((cause: unknown) => pool.spoil(raw, cause));
    if ((committing || outright) && lost) throw unknownOutcome(error);
    if (!isForgotten(error)) throw known(error);
    // The server may still hold a name that the driver has given up. What the table was like before is no reason to refuse a change now.
    pool.spoil(raw, error);
    throw conflict(error);
  } finally {
    lastUse.set(raw, performance.now());
    const released = pool.release(raw);
    if (released) await released;
  }
}

interface Under {
  readonly raw: RawConnection;
  readonly pipeline: Pipeline;
  readonly dialect: Dialect;
  readonly prepared: boolean;
  readonly observe: Observer;
  /** Begins the commit. */
  readonly ending: () => void;
  readonly whole: NonNullable<Transaction['whole']>;
}

function transactionOf({ raw, pipeline, dialect, prepared, observe, ending, whole }: Under): Transaction {
  const alone: Runner = (statement, _reads, work, limits) => {
    observe(statement);
    if (limits?.timeout === undefined) return pipeline.alone(() => work(raw).catch(fail));
    return pipeline.alone(() => undone(raw, () => work(raw)).catch(fail), isTimeout);
  };
  let made: Reader | undefined;
  // Most transactions have no use for it.
  const slow = (): Reader => {
    made ??= reader(alone, dialect, { prepared, repeat: false });
    return made;
  };
  return {
    vendor: 'pg',
    dialect,
    rows: (statement, limits) => slow().rows(statement, limits),
    estimate: (select) => estimate(slow(), select),
    texts(statement, limits) {
      if (limits?.timeout !== undefined) return slow().texts(statement, limits);
      observe(statement);
      const rows: TextRow[] = [];
      return pipeline.send(
        statement,
        (row) => void rows.push(row),
        () => rows,
      );
    },
    execute(statement) {
      observe(statement);
      return pipeline.send(statement, ignored, touchedBy);
    },
    each(statement, begin, limits) {
      if (limits?.timeout !== undefined) return slow().each(statement, begin, limits);
      observe(statement);
      return pipeline.send(statement, begin(), ignored);
    },
    whole,
    last(work) {
      const worked = work();
      ending();
      return worked;
    },
  };
}

const ignored = (): void => {};

async function commit(pipeline: Pipeline): Promise<void> {
  try {
    if ((await pipeline.commit()) === 'ROLLBACK') throw new Error('The transaction was rolled back');
  } catch (error) {
    throw isLost(error) ? unknownOutcome(error) : known(error);
  }
}

/** A read with a time limit of its own, which would hold for the whole transaction, and end it. */
async function undone<T>(raw: RawConnection, work: () => Promise<T>): Promise<T> {
  await raw.query('savepoint limited');
  try {
    return await work();
  } finally {
    await raw.query('rollback to savepoint limited; release savepoint limited');
  }
}
