/** Transactions: begun, committed and undone on one raw connection, their statements in as few writes as they allow. */
import type { Client as RawConnection } from 'pg';
import { conflict, isTimeout, unknownOutcome } from '../../dialect/outcomes.ts';
import type { Dialect, Reader, TextRow, Transaction } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';
import { beginTransaction } from './begin-transaction.ts';
import { isForgotten, isLost } from './errors.ts';
import { estimate } from './estimate.ts';
import { createPipeline, type Pipeline, touchedBy } from './pipeline.ts';
import { localSetting } from './plan-mode.ts';
import type { Pool } from './pool.ts';
import { fail, known, type Runner, reader } from './reader.ts';

/** Told of every statement. */
export type Observer = (statement: Statement) => void;

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

/** Runs `inside` in a transaction; see `Connection.transaction`. */
export async function transaction<T>(
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
