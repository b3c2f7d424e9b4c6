/**
 * Short reads that wait for a connection while all are in use: as many as wait go to the server in one write on the next that is free, and
 * are answered in one. It costs both sides one round trip instead of many, when they have the most to do. Each has its own snapshot, as
 * it would have alone, and its own answer: where one fails, those that are not answered yet are asked again, each alone.
 */
import type { Client as RawConnection } from 'pg';
import type { TextRow } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';
import { batchTexts, type PreparedRun } from './batch-texts.ts';
import { isLost, translate } from './errors.ts';
import type { PlanChoices } from './plan-choice.ts';
import { planModeOf } from './plan-mode.ts';
import type { Pool } from './pool.ts';
import { isPrepared } from './prepared-texts.ts';
import { createQuickStatements, slow } from './quick.ts';
import { nameOf } from './statements.ts';

/** In one write at most: the last is answered when all are. */
const most = 4;

/** See `Reader.each`. */
export type BeginRows = () => (row: TextRow) => void;

export interface ReadBatcher {
  /** Whether the statement, a read without limits of its own, should wait for company now. */
  takes(text: string): boolean;
  /** Waits for a connection with the others, and runs it there. Rejects as the pool does, and as the statement does alone. */
  run(statement: Statement, begin: BeginRows): Promise<void>;
  /** Tells how long a statement took that went alone, in milliseconds. */
  note(text: string, took: number): void;
}

export interface ReadBatcherOptions {
  readonly pool: Pool;
  readonly plans: PlanChoices | undefined;
  /** Runs a statement by itself. */
  readonly alone: (statement: Statement, begin: BeginRows) => Promise<void>;
}

interface Run extends PreparedRun {
  readonly text: string;
}

interface Passenger {
  readonly statement: Statement;
  readonly begin: BeginRows;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** The batcher of one pool. */
export function createReadBatcher({ pool, plans, alone }: ReadBatcherOptions): ReadBatcher {
  const quick = createQuickStatements();
  const waiting: Passenger[] = [];
  /** Connections that are being waited for. */
  let calls = 0;

  async function call(): Promise<void> {
    calls += 1;
    let raw: RawConnection | undefined;
    let fault: unknown;
    try {
      raw = await pool.acquire();
    } catch (error) {
      fault = error;
    }
    // The others that were called for find as many.
    const party = waiting.splice(0, Math.min(most, Math.ceil(waiting.length / calls)));
    calls -= 1;
    if (raw) await travel(raw, party);
    else for (const one of party) one.fail(translate(fault) ?? fault);
  }

  async function travel(raw: RawConnection, party: readonly Passenger[]): Promise<void> {
    const left = new Set(party);
    const runs: Run[] = [];
    for (const one of party) {
      const { text, values } = one.statement;
      const name = nameOf(raw, text);
      if (name === undefined || !isPrepared(raw, name, text)) continue;
      const done = (): void => {
        left.delete(one);
        one.done();
      };
      runs.push({ text, name, values, mode: plans ? plans.choose(text) : planModeOf(raw), take: one.begin(), done });
    }
    if (runs.length > 0) await together(raw, runs);
    await pool.release(raw);
    for (const { statement, begin, done, fail } of left) alone(statement, begin).then(done, fail);
  }

  async function together(raw: RawConnection, runs: readonly Run[]): Promise<void> {
    const sent = performance.now();
    try {
      await batchTexts(raw, runs);
      const took = performance.now() - sent;
      for (const { text, mode } of runs) {
        // Which one was slow is not known.
        quick.note(text, took > slow ? took : took / runs.length);
        plans?.note(text, mode, took > slow ? took : took / runs.length);
      }
    } catch (error) {
      if (isLost(error)) pool.spoil(raw, error);
      for (const { text } of runs) quick.note(text, Number.POSITIVE_INFINITY);
    }
  }

  return {
    takes(text) {
      const { busy, most: size } = pool.use();
      return busy === size && quick.is(text) && plans?.isSettled(text) !== false;
    },
    note: quick.note,
    run: (statement, begin) =>
      new Promise((done, fail) => {
        waiting.push({ statement, begin, done, fail });
        if (waiting.length > calls * most) void call();
      }),
  };
}
