/** A project's connection whose reads go to a replica, and to the primary as soon as that fails: nobody notices but by a little time. */
import type { Connection, StreamOptions, TextRow } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Statement } from '../lib/fragment.ts';
import type { Replica } from './replica.ts';

/** What the primary would refuse as well, after as much work. */
const same: ReadonlySet<string> = new Set(['statement_timeout', 'limit_exceeded']);

const isSame = (error: unknown): boolean => error instanceof GatewayError && same.has(error.kind);

/** Whether the server itself is in trouble, not the statement. */
const isTrouble = (error: unknown): boolean => error instanceof GatewayError && error.kind === 'database_unavailable';

/**
 * The connection for the reads of one request. What changes something, transactions and whatever they read, and rows as objects, by which
 * people are known and the product itself looks things up, stay with `primary`.
 */
export function readingReplica(primary: Connection, replica: Replica): Connection {
  let from = replica.connection;

  function given(error: unknown): void {
    from = undefined;
    replica.asked.failed += 1;
    if (isTrouble(error)) replica.failed(error);
  }

  async function reading<T>(there: (connection: Connection) => Promise<T>, here: () => Promise<T>): Promise<T> {
    if (!from || from !== replica.connection) return here();
    replica.asked.reads += 1;
    try {
      return await replica.during(there(from));
    } catch (error) {
      if (isSame(error)) throw error;
      given(error);
    }
    return here();
  }

  /** What fails before the first rows are there begins anew; what fails later fails. */
  function stream(statement: Statement, options: StreamOptions): AsyncIterableIterator<readonly TextRow[]> {
    if (!from || from !== replica.connection) return primary.stream(statement, options);
    replica.asked.reads += 1;
    let source = from.stream(statement, options);
    let begun = false;
    let through = replica.during;
    const next = async (): Promise<IteratorResult<readonly TextRow[]>> => {
      if (begun) return through(source.next());
      const first = source;
      try {
        return await replica.during(first.next());
      } catch (error) {
        if (options.signal.aborted || isSame(error)) throw error;
        given(error);
      } finally {
        begun = true;
      }
      // Ended when it can be; nobody waits for it.
      void Promise.resolve(first.return?.()).catch(() => undefined);
      through = (work) => work;
      source = primary.stream(statement, options);
      return source.next();
    };
    return {
      next,
      return: async () => (await source.return?.()) ?? { done: true, value: undefined },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  const { estimate } = primary;
  return {
    ...primary,
    texts: (statement, limits) =>
      reading(
        (connection) => connection.texts(statement, limits),
        () => primary.texts(statement, limits),
      ),
    each(statement, begin, limits) {
      let given = false;
      // Rows of a replica that was given up may still come.
      const guarded = (): ((row: TextRow) => void) => {
        const take = given ? undefined : begin();
        return (row) => {
          if (!given) take?.(row);
        };
      };
      const instead = (): Promise<void> => {
        given = true;
        return primary.each(statement, begin, limits);
      };
      return reading((connection) => connection.each(statement, guarded, limits), instead);
    },
    ...(estimate
      ? {
          estimate: (select) =>
            reading(
              (connection) => connection.estimate?.(select) ?? estimate(select),
              () => estimate(select),
            ),
        }
      : {}),
    stream,
  };
}
