/** A connected MySQL or MariaDB: statements on raw connections from knex's pool, safe values out, our errors only where known. */
import type { Connection as RawConnection } from 'mysql2';
import { demandCapabilities } from '../../dialect/capabilities.ts';
import { onlyReads } from '../../dialect/only-reads.ts';
import { isRefusedRead, unknownOutcome } from '../../dialect/outcomes.ts';
import { createTransactionQueue } from '../../dialect/transaction-queue.ts';
import type {
  Connection,
  DatabaseConfig,
  Dialect,
  Reader,
  Row,
  StatementLimits,
  TextOrder,
  TextRow,
  Transaction,
} from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { inSlices, type Sliced } from '../../lib/slices.ts';
import { isMariadb, wanted } from './capabilities.ts';
import { type Flavor, mysqlDialect } from './dialect.ts';
import { type Answer, refuseCut, send } from './driver.ts';
import { isLost, translate, withoutSql } from './errors.ts';
import { estimate } from './estimate.ts';
import { generatedIds, idStep } from './inserted-ids.ts';
import { isMadeByDirectus } from './made-by-directus.ts';
import { openPool, type Pool } from './pool.ts';
import { stream } from './stream.ts';
import { within } from './time-limit.ts';
import { safeOf, textOf } from './values.ts';
import { serverName } from './version.ts';

type Observer = (statement: Statement) => void;

/** A connection lost later than this after its statement was sent had been alive: the statement itself may be why. */
const deadOnArrival = 1000;

function known(error: unknown): unknown {
  return translate(error) ?? withoutSql(error);
}

/**
 * Connects and looks at the server.
 *
 * @throws GatewayError database_unavailable: no answer, not let in, no database named, or a server that cannot do what is needed
 */
export async function connect(config: DatabaseConfig): Promise<Connection> {
  const pool = openPool(config);
  try {
    const ask: Ask = (text) => onRaw(pool, (raw) => send(raw, { text, values: [] }, false));
    const flavor = await detect(ask);
    return connectionOf(
      pool,
      mysqlDialect(flavor, await textOrderOf(config, ask)),
      flavor,
      config.preparedStatements ?? process.env['PREPARED'] !== 'false',
    );
  } catch (error) {
    await pool.knex.destroy();
    throw error instanceof GatewayError ? error : new GatewayError('database_unavailable', {}, withoutSql(error));
  }
}

type Ask = (text: string) => Promise<Answer>;

async function textOrderOf({ textOrder = 'auto' }: DatabaseConfig, ask: Ask): Promise<TextOrder> {
  return textOrder === 'auto' && (await isMadeByDirectus(ask)) ? 'native' : textOrder;
}

async function detect(ask: Ask): Promise<Flavor> {
  const { rows } = await ask(`select ${isMariadb}, version(), database()`);
  const [mariadb, version, database] = (rows[0] ?? []).map((value) => (value === null ? null : String(value)));
  if (database === null || database === undefined) {
    throw new GatewayError('database_unavailable', { message: 'The connection of this project names no database' });
  }
  const flavor: Flavor = mariadb === '1' ? 'mariadb' : 'mysql';
  await demandCapabilities(serverName(flavor, version ?? ''), wanted[flavor], ask, isLost);
  return flavor;
}

function connectionOf(pool: Pool, dialect: Dialect, flavor: Flavor, prepared: boolean): Connection {
  const observe: Observer = (statement) => connection.onStatement?.(statement);
  const run: Runner = (statement, reads, work) => {
    observe(statement);
    return outside(pool, reads && onlyReads(statement.text), (raw) => work(raw, prepared));
  };
  const connection: Connection = {
    knex: pool.knex,
    ...reader(run, dialect, flavor),
    transaction: (inside) => transaction(pool, { dialect, flavor, prepared, observe }, inside),
    stream(statement, options) {
      observe(statement);
      return stream(pool, statement, options, prepared);
    },
    streams: pool.size - 1,
    use: () => pool.use(),
    close: () => pool.knex.destroy(),
  };
  return connection;
}

type Work<T> = (raw: RawConnection, prepared: boolean) => Promise<T>;
type Runner = <T>(statement: Statement, reads: boolean, work: Work<T>) => Promise<T>;

function reader(run: Runner, dialect: Dialect, flavor: Flavor): Reader {
  const made: Reader = {
    vendor: 'mysql2',
    dialect,
    texts: (statement, limits: StatementLimits = {}) =>
      run(statement, true, async (raw, prepared) => {
        const { rows, fields } = await send(raw, within(statement, limits.timeout, flavor), prepared);
        await refuseCut(raw);
        return inSlices(textsOf(rows, fields));
      }),
    rows: (statement, limits: StatementLimits = {}) =>
      run(statement, true, async (raw, prepared) => objects(await send(raw, within(statement, limits.timeout, flavor), prepared))),
    execute: (statement) => run(statement, false, async (raw, prepared) => (await send(raw, statement, prepared)).touched),
    async each(statement, begin, limits) {
      const rows = await made.texts(statement, limits);
      rows.forEach(begin());
    },
    estimate: (select) => estimate(made, select, flavor),
  };
  return made;
}

function* textsOf(rows: Answer['rows'], fields: Answer['fields']): Sliced<TextRow[]> {
  const texts: TextRow[] = [];
  for (const row of rows) {
    yield;
    texts.push(row.map((value, i) => textOf(value, fields[i])));
  }
  return texts;
}

function objects({ rows, fields }: Answer): Row[] {
  return rows.map((row) => Object.fromEntries(fields.map((field, i) => [field.name, safeOf(row[i], field)])));
}

/** Work on a connection of its own, given back afterwards; a dead one is thrown away. */
async function onRaw<T>(pool: Pool, work: (raw: RawConnection) => Promise<T>): Promise<T> {
  const raw = await pool.acquire();
  try {
    return await work(raw);
  } catch (error) {
    if (isLost(error)) raw.destroy();
    throw error;
  } finally {
    await pool.release(raw);
  }
}

/**
 * Work outside a transaction. What reads is repeated once, on another connection, when its own turns out to have died while it
 * lay idle: killed, or its server restarted. Nothing else is repeated, as nobody knows how far it came.
 */
async function outside<T>(pool: Pool, repeatable: boolean, work: (raw: RawConnection) => Promise<T>): Promise<T> {
  let sent: number | undefined;
  const timed = (raw: RawConnection): Promise<T> => {
    sent = performance.now();
    return work(raw);
  };
  try {
    return await onRaw(pool, timed);
  } catch (error) {
    const again = repeatable && isLost(error) && sent !== undefined && performance.now() - sent < deadOnArrival;
    if (!again) throw known(error);
  }
  try {
    return await onRaw(pool, work);
  } catch (error) {
    throw known(error);
  }
}

interface Session {
  readonly dialect: Dialect;
  readonly flavor: Flavor;
  readonly prepared: boolean;
  readonly observe: Observer;
}

async function transaction<T>(pool: Pool, session: Session, inside: (transaction: Transaction) => Promise<T>): Promise<T> {
  const { dialect, flavor, prepared, observe } = session;
  const raw = await begun(pool);
  const line = createTransactionQueue();
  const run: Runner = (statement, _reads, work) => {
    observe(statement);
    return line.send(
      () => work(raw, prepared).catch(fail),
      (error) => onlyReads(statement.text) && isRefusedRead(error),
    );
  };
  const generated = generatedIds();
  const opened: Transaction = {
    ...reader(run, dialect, flavor),
    execute: (statement) => run(statement, false, async (one, how) => generated.note(await send(one, statement, how))),
    last: (work) => work(),
    insertedIds: async (rows) => generated.ids(rows, () => line.send(() => idStep(raw).catch(fail))),
  };
  try {
    const result = await inside(opened).finally(line.end);
    line.check();
    await commit(raw);
    return result;
  } catch (error) {
    // A connection that cannot roll back must not be used again: its transaction ends with it.
    await command(raw, 'rollback').catch(() => raw.destroy());
    throw error;
  } finally {
    await pool.release(raw);
  }
}

async function commit(raw: RawConnection): Promise<void> {
  try {
    await command(raw, 'commit');
  } catch (error) {
    throw isLost(error) ? unknownOutcome(withoutSql(error)) : known(error);
  }
}

/** A connection with a transaction begun. A dead idle connection is passed over once, as nothing has been done yet. */
async function begun(pool: Pool): Promise<RawConnection> {
  for (let attempt = 1; ; attempt += 1) {
    const raw = await pool.acquire().catch(fail);
    try {
      await command(raw, 'start transaction');
      return raw;
    } catch (error) {
      raw.destroy();
      await pool.release(raw);
      if (attempt === 2 || !isLost(error)) throw known(error);
    }
  }
}

function command(raw: RawConnection, text: string): Promise<Answer> {
  return send(raw, { text, values: [] }, false);
}

function fail(error: unknown): never {
  throw known(error);
}
