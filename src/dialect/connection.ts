/** What runs statements: a connection, its transactions, and what reads need of either. */
import type { Knex } from 'knex';
import type { Statement } from '../lib/fragment.ts';
import type { VendorName } from './database-config.ts';
import type { PoolUse } from './lend.ts';
import type { Estimate } from './plan.ts';
import type { Dialect } from './types.ts';

/** What holds for one statement alone. */
export interface StatementLimits {
  /** Milliseconds that it may take, whatever holds for the others; 0 is as long as it needs. */
  readonly timeout?: number;
}

/** One row of a metadata read, by column name. Values come as the driver's safe form: bigints as text, dates as text. */
export type Row = Record<string, unknown>;

/** One row as the database sent it, nothing decoded. */
export type TextRow = readonly (string | null)[];

export interface StreamOptions {
  /** Ends the statement, in the database too; the iteration then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** How long the whole may take: the server's own limits on statements do not apply before that. Ending it is the signal's task. */
  readonly seconds: number;
}

/** What runs statements. Every driver error leaves translated where the vendor knows it (`Vendor.translate`). */
export interface Queryable {
  /** The read path: rows as arrays of text (or null), nothing decoded on the way. */
  texts(statement: Statement): Promise<readonly TextRow[]>;
  /** Rows as objects, for metadata and identity. */
  rows(statement: Statement): Promise<Row[]>;
  /** A statement without a result set; the number of rows it touched. */
  execute(statement: Statement): Promise<number>;
}

/** What reads run on: a connection, or one of its transactions. */
export interface Reader extends Queryable {
  readonly vendor: VendorName;
  /** One object for all transactions of a connection. */
  readonly dialect: Dialect;
  texts(statement: Statement, limits?: StatementLimits): ReturnType<Queryable['texts']>;
  rows(statement: Statement, limits?: StatementLimits): Promise<Row[]>;
  /**
   * As `texts`, row by row as they come, so that none need be kept. `begin` is called before the first row, and again when the
   * statement is sent again: what came before is void then. What takes the rows must not throw.
   */
  each(statement: Statement, begin: () => (row: TextRow) => void, limits?: StatementLimits): Promise<void>;
  /** How many rows the planner expects of a select; absent where there is none to ask. */
  readonly estimate?: (select: Statement) => Promise<Estimate | undefined>;
}

/**
 * Statements of one transaction, on its one connection, one after another. One that fails is the end of the transaction, whatever is made
 * of the error; a read that ran out of a time limit of its own is not.
 */
export interface Transaction extends Reader {
  /**
   * Where inserts can return nothing: the keys that the last `execute` generated, exact and in the order of its rows, of which there were so
   * many. Empty when it generated none, the key being none of the database's own or given. All its rows must have left the key out.
   */
  readonly insertedIds?: (rows: number) => Promise<readonly string[]>;
  /**
   * Runs a statement that may be all the transaction does, and commits with it if it tells a row; otherwise it must have changed nothing,
   * and the transaction goes on. Undefined where something was sent before, or the database needs more than the statement.
   */
  readonly whole?: (statement: Statement) => Promise<readonly TextRow[] | undefined>;
  /**
   * Runs `work`, whose statements are the last ones and are all asked for at once, and commits with them where the database can: what it
   * throws of itself may come too late to undo anything.
   */
  last<T>(work: () => Promise<T>): Promise<T>;
}

export interface Connection extends Reader {
  /** The knex instance whose pool this is: for migrations and DDL only. */
  readonly knex: Knex;
  /**
   * Runs everything inside on one connection; commits when the promise resolves, rolls back when it rejects. Rejects with write_conflict
   * when another transaction was in the way and nothing was committed (engine/transactional.ts tries again). `run` must not wait for
   * anything but statements of its own: it holds locks, and on SQLite the only connection.
   */
  transaction<T>(run: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** The same for changes of tables, where those need more of a connection than a transaction: no foreign key acts while it lasts. */
  rebuilding?<T>(run: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * A statement's rows while the database finds them: only a few batches are in memory, and none is read ahead of a slow reader
   * but one. Holds a connection of its own until the iteration ends, which it must: by its last row, `return` or the signal.
   */
  stream(statement: Statement, options: StreamOptions): AsyncIterableIterator<readonly TextRow[]>;
  /** How many streams may run beside one another so that a connection stays free for everything else. */
  readonly streams: number;
  /** How much of its pool is in use now. */
  use(): PoolUse;
  /** Says that these tables are being changed, until the function that is given back is called: reads of them leave connections to others. */
  changing?(tables: readonly string[]): () => void;
  /** Called with every statement sent by `texts`, `rows`, `execute` and `stream`; tests count with it. */
  onStatement?: ((statement: Statement) => void) | undefined;
  close(): Promise<void>;
}
