/** One copy of a project's database: whether it answers, and up to which moment it has what the primary had. */
import type { LogPosition, Replication } from '../dialect/replication.ts';
import type { Connection } from '../dialect/types.ts';
import { orAborted, within } from '../lib/abortable.ts';
import { GatewayError } from '../lib/errors.ts';
import { reason } from '../lib/redact.ts';

/** A position in the primary's log, and a moment before which it was asked for: what was committed until then lies before it. */
export interface Mark {
  readonly at: number;
  readonly position: LogPosition;
}

export interface Replica {
  /** From 1 on, in the order of the configuration. */
  readonly number: number;
  /** Undefined while it does not answer. */
  readonly connection: Connection | undefined;
  /** Moment on the clock of `performance.now()` up to which everything is there. */
  readonly upTo: number;
  /** Why it does not answer. */
  readonly fault: string | undefined;
  /** Statements that were asked of it, and those that were asked of the primary instead as it failed. */
  readonly asked: { reads: number; failed: number };
  /** The outcome of work on its connection; rejects as soon as it is found not to answer. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Looks whether it answers and how far it is. Never throws. */
  look(mark: Mark): Promise<void>;
  /** To be called when it failed: nobody reads from it before it answers a look. */
  failed(error: unknown): void;
  close(): Promise<void>;
}

/** Seconds that one may be behind, and milliseconds between looks, where no setting says so. */
export const usualReplicas = { lagSeconds: 10, lookMilliseconds: 1_000 };

/** Milliseconds after which one that says nothing counts as away, and that closing it may take. */
const patience = 2_000;
const closing = 5_000;

const silent = (): GatewayError => new GatewayError('database_unavailable', { message: 'The replica does not answer' });

/** A replica; it is connected to when it is first looked at. */
export function createReplica(number: number, open: () => Promise<Connection>, replication: Replication): Replica {
  const asked = { reads: 0, failed: 0 };
  let connection: Connection | undefined;
  let opening: Promise<void> | undefined;
  let answers = false;
  let closed = false;
  let upTo = Number.NEGATIVE_INFINITY;
  let fault: string | undefined = 'It has not been looked at yet';
  let away = new AbortController();
  /** A position that it had not reached. */
  let ahead: Mark | undefined;
  let looking: Promise<void> | undefined;

  function failed(error: unknown): void {
    fault = error instanceof GatewayError ? error.message : reason(error);
    if (!answers) return;
    answers = false;
    away.abort(silent());
    away = new AbortController();
  }

  const opened = async (): Promise<void> => {
    const made = await open();
    if (closed) await made.close();
    else connection = made;
  };

  /** An answer within the time that one is waited for. */
  async function soon<T>(work: Promise<T>): Promise<T> {
    if (!(await within(patience, work))) {
      // Its own fault, where there is one.
      work.catch(() => undefined);
      return Promise.race([work, Promise.reject(silent())]);
    }
    return work;
  }

  async function looked(mark: Mark): Promise<void> {
    try {
      if (!connection) {
        opening ??= opened().finally(() => {
          opening = undefined;
        });
        await soon(opening);
      }
      if (!connection) return;
      const on = connection;
      const reached = (one: Mark): Promise<boolean> => soon(replication.reached(on, one.position));
      if (await reached(mark)) {
        upTo = mark.at;
        ahead = undefined;
      } else if (!ahead) ahead = mark;
      else if (await reached(ahead)) {
        upTo = ahead.at;
        ahead = mark;
      }
      answers = true;
      fault = undefined;
    } catch (error) {
      failed(error);
    }
  }

  return {
    number,
    asked,
    get connection() {
      return answers ? connection : undefined;
    },
    get upTo() {
      return upTo;
    },
    get fault() {
      return fault;
    },
    during: (work) => orAborted(work, away.signal),
    look(mark) {
      looking ??= looked(mark).finally(() => {
        looking = undefined;
      });
      return looking;
    },
    failed,
    async close() {
      closed = true;
      answers = false;
      away.abort(silent());
      await within(patience, looking ?? Promise.resolve());
      await within(closing, connection?.close() ?? Promise.resolve());
    },
  };
}
