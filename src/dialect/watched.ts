/** A connection whose statements somebody looks at: how long each took, and how it ended. Without a watcher there is none. */
import type { Statement } from '../lib/fragment.ts';
import type { Connection, Queryable, Reader, Transaction } from './types.ts';

/** Called when a statement is asked for; what it returns is called when it is over, with the error where there was one. */
export type StatementWatch = (statement: Statement) => (error?: unknown) => void;

type Asked = Pick<Reader, keyof Queryable | 'each'>;

async function during<T>(watch: StatementWatch, statement: Statement, run: () => Promise<T>): Promise<T> {
  const over = watch(statement);
  try {
    const result = await run();
    over();
    return result;
  } catch (error) {
    over(error);
    throw error;
  }
}

function asked(reader: Reader, watch: StatementWatch): Asked {
  return {
    texts: (statement, limits) => during(watch, statement, () => reader.texts(statement, limits)),
    rows: (statement, limits) => during(watch, statement, () => reader.rows(statement, limits)),
    execute: (statement) => during(watch, statement, () => reader.execute(statement)),
    each: (statement, begin, limits) => during(watch, statement, () => reader.each(statement, begin, limits)),
  };
}

/** The same connection, watched. Streams are not: how long one takes is up to its reader. */
export function watched(connection: Connection, watch: StatementWatch): Connection {
  const within = (transaction: Transaction): Transaction => {
    const { whole } = transaction;
    const alone = whole && { whole: (statement: Statement) => during(watch, statement, () => whole(statement)) };
    return { ...transaction, ...asked(transaction, watch), ...alone };
  };
  const { rebuilding } = connection;
  return {
    ...connection,
    ...asked(connection, watch),
    transaction: (run) => connection.transaction((transaction) => run(within(transaction))),
    ...(rebuilding ? { rebuilding: (run) => rebuilding((transaction) => run(within(transaction))) } : {}),
    // What is told of statements is told by the connection underneath.
    get onStatement() {
      return connection.onStatement;
    },
    set onStatement(listener) {
      connection.onStatement = listener;
    },
  };
}
