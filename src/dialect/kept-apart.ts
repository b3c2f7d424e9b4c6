/** While a table is being changed, what reads it waits for the change: not on every connection of the pool, as others need some too. */
import { createSemaphore } from '../lib/semaphore.ts';
import { busy } from './lend.ts';
import type { Connection } from './types.ts';

/** As long as anybody waits for a connection. */
const patience = 10_000;
const longest = 30_000;

/** Both ways in which the databases quote a name. */
const quoted = (name: string): string[] => [`"${name.replaceAll('"', '""')}"`, `\`${name.replaceAll('`', '``')}\``];

/** The same connection, whose reads of tables that `changing` names take half of the pool at most. One that is alone is left as it is. */
export function keptApart(connection: Connection): Connection {
  const { most } = connection.use();
  if (most < 2) return connection;
  const under = new Set<readonly string[]>();
  const half = createSemaphore({ count: Math.floor(most / 2), patience, longest, refusal: busy });
  const inTurn = async <T>(read: () => Promise<T>): Promise<T> => {
    await half.acquire();
    try {
      return await read();
    } finally {
      half.release();
    }
  };
  const held = (text: string): boolean => {
    for (const names of under) if (names.some((name) => text.includes(name))) return true;
    return false;
  };
  const read = <T>(text: string, run: () => Promise<T>): Promise<T> => (under.size > 0 && held(text) ? inTurn(run) : run());
  return {
    ...connection,
    texts: (statement, limits) => read(statement.text, () => connection.texts(statement, limits)),
    rows: (statement, limits) => read(statement.text, () => connection.rows(statement, limits)),
    each: (statement, begin, limits) => read(statement.text, () => connection.each(statement, begin, limits)),
    changing(tables) {
      const names = tables.flatMap(quoted);
      under.add(names);
      return () => void under.delete(names);
    },
    // What is told of statements is told by the connection underneath.
    get onStatement() {
      return connection.onStatement;
    },
    set onStatement(listener) {
      connection.onStatement = listener;
    },
  };
}
