/** The pool of the hand-written servers: ten connections, statements prepared by name, values as the text that the server sent. */
import pg from 'pg';

export type Cells = readonly (string | null)[];

const undecoded = { getTypeParser: () => (text: string) => text };

/** A statement by its name: the database plans it once on each connection. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

export interface Database {
  rows(statement: Prepared, values: readonly unknown[]): Promise<readonly Cells[]>;
  /** A connection of one's own; to be released. */
  connect(): Promise<pg.PoolClient>;
  close(): Promise<void>;
}

export function openDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    idleTimeoutMillis: 0,
    // As Sallyport's sessions: times in UTC, and no machine code made for small statements.
    options: '-c timezone=UTC -c jit=off',
  });
  return {
    async rows({ name, text }, values) {
      const result = await pool.query<(string | null)[]>({ name, text, values: values as unknown[], rowMode: 'array', types: undecoded });
      return result.rows;
    },
    connect: () => pool.connect(),
    close: () => pool.end(),
  };
}

export { undecoded };
