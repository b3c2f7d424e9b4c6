/** What runs statements as a `Runner` lends connections, with our errors where the driver's are known. */
import type { Client as RawConnection } from 'pg';
import type { Dialect, Queryable, Reader, StatementLimits } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';
import { type Answer, objects, type SendOptions, send, sendEach } from './driver.ts';
import { translate } from './errors.ts';
import { estimate } from './estimate.ts';

/** Our error for one of the driver's, where it is known; else the same. */
export function known(error: unknown): unknown {
  return translate(error) ?? error;
}

/** Throws what `known` makes of it. */
export function fail(error: unknown): never {
  throw known(error);
}

/** Lends a connection to work that sends one statement; `reads` tells whether the statement only reads. */
export type Runner = <T>(
  statement: Statement,
  reads: boolean,
  work: (raw: RawConnection) => Promise<T>,
  limits?: StatementLimits,
) => Promise<T>;

/** Statements, each sent on a connection of its own. */
export function queryable(run: Runner, options: SendOptions): Pick<Reader, keyof Queryable> {
  const ask = (statement: Statement, reads: boolean, limits?: StatementLimits): Promise<Answer> =>
    run(statement, reads, (raw) => send(raw, statement, { ...options, ...limits }), limits);
  return {
    texts: async (statement, limits) => (await ask(statement, true, limits)).rows,
    rows: async (statement, limits) => objects(await ask(statement, true, limits)),
    execute: async (statement) => (await ask(statement, false)).touched,
  };
}

/** The same with all that a read takes. */
export function reader(run: Runner, dialect: Dialect, options: SendOptions): Reader {
  const made: Reader = {
    vendor: 'pg',
    dialect,
    ...queryable(run, options),
    each: (statement, begin, limits) => run(statement, true, (raw) => sendEach(raw, statement, { ...options, ...limits }, begin), limits),
    estimate: (select) => estimate(made, select),
  };
  return made;
}
