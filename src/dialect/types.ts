/** What a vendor is: introspection, connection, and the parts of SQL in which databases differ. */
import type { Knex } from 'knex';
import type { GatewayError } from '../lib/errors.ts';
import type { Fragment, Printer, Statement } from '../lib/fragment.ts';
import type { Collection, Field } from '../schema/types.ts';
import type { Ddl } from './ddl.ts';
import type { ValueForm } from './forms.ts';
import type { Collation, Introspection } from './introspection.ts';
import type { Estimate, PlanSql } from './plan.ts';
import type { PointSql } from './points.ts';
import type { Replication } from './replication.ts';

export type { AggregateSql, DatePart } from './aggregates.ts';
export type { HistoryAuthor, HistoryRow, HistoryTables } from './history.ts';
export type { Collation, IntrospectedColumn, IntrospectedForeignKey, IntrospectedTable, Introspection, Storage } from './introspection.ts';

export type { KeyColumn, KeySql } from './keys.ts';
export type { Estimate } from './plan.ts';
export type { Scalar, Stored } from './values.ts';

import type { AggregateSql } from './aggregates.ts';
import type { HistoryAuthor, HistoryRow, HistoryTables } from './history.ts';
import type { KeySql } from './keys.ts';
import type { PoolUse } from './lend.ts';
import type { IntrospectedTextIndex, TextIndexForm, TextMatch } from './text-index.ts';
import type { Scalar, Stored } from './values.ts';

export type { IntrospectedTextIndex, TextIndexForm, TextMatch };

export type VendorName = 'pg' | 'mysql2' | 'better-sqlite3';

export interface DatabaseConfig {
  client: VendorName;
  /** A URL, the driver's own connection object, or `{ filename }` for SQLite. */
  connection: string | Readonly<Record<string, unknown>>;
  /** Schemas (PostgreSQL) to serve, the first being the default one. Unset: the connection's own. */
  schemas?: readonly string[];
  pool?: { readonly min?: number; readonly max?: number };
  textOrder?: TextOrder;
  /** False behind a proxy that lends connections for one transaction; without a word as the process says (PREPARED). */
  preparedStatements?: boolean;
  /** False where PostgreSQL alone is to say how repeated statements are planned. */
  genericPlans?: boolean;
  /** Copies of the database that reads are spread over. */
  replicas?: ReplicaConfig;
  /** Milliseconds after which the database itself ends a statement; without them, or with 0, it is left to the server's settings. */
  statementMilliseconds?: number;
}

/** Servers that copy the database, each with a connection in the form of its own, and how they are used. */
export interface ReplicaConfig {
  readonly connections: readonly DatabaseConfig['connection'][];
  /** Connections to each of them; as many as to the database itself where nothing is said. */
  readonly pool?: NonNullable<DatabaseConfig['pool']>;
  /** Seconds that one may be behind before nobody reads from it. */
  readonly lagSeconds?: number;
  /** Milliseconds between two looks at how far they are. */
  readonly lookMilliseconds?: number;
}

/** What holds for one statement alone. */
export interface StatementLimits {
  /** Milliseconds that it may take, whatever holds for the others; 0 is as long as it needs. */
  readonly timeout?: number;
}

/**
 * By which rule texts are equal and sorted: the same on every database, or the collations' own. `auto`, the default, is the collations' own
 * in a database that Directus 8 made, which is one of MySQL or MariaDB, else the same on every database.
 */
export type TextOrder = 'auto' | 'portable' | 'native';

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

/** A stored value as it leaves the database: the column, and what makes JSON of the text that the server sends for it. */
export interface Cell {
  readonly value: Fragment;
  /** Of a value that is not NULL. */
  readonly write: (text: string) => string;
}

/** How the value that a row is ordered by leaves the database and comes back, without losing anything. */
export interface SortKey {
  /** The value as a text that says it exactly; NULL for NULL. */
  readonly cell: Fragment;
  /** What compares by `=`, `<` and `>` as the rows are ordered. */
  readonly compared: Fragment;
  /** A cell's text as an operand of `compared`. */
  operand(text: string): Fragment;
}

export interface OrderTerm {
  expression: Fragment;
  descending: boolean;
  nullable: boolean;
  /** See `Order`. */
  turned?: boolean;
  /** Rows without a value are the last ones, whichever the direction and the setting. */
  emptyLast?: boolean;
  /** They are where the database itself has them. */
  nulls?: 'native';
}

/** A nested list: its row as a JSON expression, and everything from FROM on. */
export interface ListSelect {
  row: Fragment;
  /** `from ... where ...` without order and limit. */
  from: Fragment;
  /** ` order by …`, or nothing. */
  order: Fragment;
  limit?: number;
  offset?: number;
  /** Beside no limit: where there are more rows than these, the value is `else` instead of the list. A constant of the project. */
  atMost?: { readonly rows: number; readonly else: Fragment };
}

/** JSON that is put together as text, where the database does that sooner than by its own functions. */
export interface JsonTexts {
  /** Constants of ours, and values that could stand in `jsonObject`, one behind the other. */
  joined(pieces: readonly (string | Fragment)[]): Fragment;
  /** As `jsonList`, of rows that are texts; a text itself. */
  list(list: ListSelect): Fragment;
}

/** The SQL in which vendors differ. All of it makes text only; nothing here touches a connection. */
export interface Dialect extends Printer {
  readonly vendor: VendorName;
  /** A stored value as an expression that becomes the right JSON value inside `jsonObject`. The one place for a type's JSON form. */
  jsonValue(field: Field, column: Fragment): Fragment;
  /** The same in another form than the type's own. */
  formed(field: Field, column: Fragment, form: Exclude<ValueForm, 'plain'>): Fragment;
  /** The stored value as a plain column, and the JSON of its text; where absent a row is one JSON text made by `jsonObject`. */
  cell?(field: Field, column: Fragment, form?: ValueForm): Cell;
  /** A JSON object; keys are our own output names. */
  jsonObject(pairs: readonly (readonly [key: string, value: Fragment])[]): Fragment;
  /** A JSON expression as text, the form in which a row of the page leaves the database. */
  jsonText(json: Fragment): Fragment;
  /** A JSON value that passed through a sub-select or CASE, marked as JSON again where the vendor forgets it. */
  asJson(json: Fragment): Fragment;
  /** A value that could stand in `jsonObject`, as a JSON value by itself; NULL for NULL and for the `null` of JSON. */
  jsonScalar(value: Fragment): Fragment;
  /** A constant of ours as a JSON value. */
  jsonConstant(json: string): Fragment;
  /** Scalar sub-select giving a JSON array of the list's rows, `[]` when there are none. */
  jsonList(list: ListSelect): Fragment;
  readonly jsonTexts?: JsonTexts;
  /** Scalar sub-select giving an object of key column to value column over `select key, value from ...`. */
  jsonMap(select: Fragment, key: string, value: string): Fragment;
  /** `column = value`, the same on every database and to the last character, by the column's index where it has one. */
  equals(field: Field, column: Fragment, value: Scalar): Fragment;
  /** The same to the last character, whatever the project says of text: keys. */
  exactly(field: Field, column: Fragment, value: Scalar): Fragment;
  /** `column = value` as a unique constraint on the column has it; absent where that is the database's own `=`. */
  constrained?(field: Field, column: Fragment, value: Scalar): Fragment;
  /** `column in (...)`, as `equals`; an empty list is the caller's to handle. */
  isIn(field: Field, column: Fragment, values: readonly Scalar[]): Fragment;
  /** `column < value` and its like, by the order of `ordered`. */
  compares(field: Field, column: Fragment, operator: '<' | '<=' | '>' | '>=', value: Scalar): Fragment;
  /**
   * What the column is ordered by: the one expression of ORDER BY, MIN, MAX and of a cursor's position. Text goes by code point, enums in
   * the order of their labels, what has no order of its own by its text. It may be of another type than the column.
   */
  ordered(field: Field, column: Fragment): Fragment;
  /** A value of the column, as `text` printed it or as an operand was bound, in the form in which it compares (`=`, `<`, `>`) with `ordered`. */
  orderedOperand(field: Field, value: Scalar): Fragment;
  /** The column in a form whose values are equal only when they are the same: GROUP BY, DISTINCT and COUNT(DISTINCT). */
  distinct(field: Field, column: Fragment): Fragment;
  /** A bound operand, typed as the column wants it, for `=` in the database's own sense. */
  operand(field: Field, value: Scalar): Fragment;
  /**
   * A bound value as the column stores it: in the VALUES of an INSERT, in `set column = ...`, and in a CASE beside the column itself.
   * What is printed of it depends on the field alone, and is the same for NULL.
   *
   * @throws GatewayError unprocessable where this database could keep the value only as another
   */
  stored(field: Field, value: Stored): Fragment;
  /** LIKE in lower case on both sides; `pattern` uses `%`, `_` and the escape character `\`. */
  like(field: Field, column: Fragment, pattern: string): Fragment;
  /** The same where upper and lower case differ, whatever the column's collation says. */
  likeCased(field: Field, column: Fragment, pattern: string): Fragment;
  /** The condition that a text index answers. */
  textMatch(match: TextMatch): Fragment;
  /** The column as text, as `q` and LIKE see it: exact, and as near to its form in an answer as the database can print it. */
  text(field: Field, column: Fragment): Fragment;
  /** `left = right` of two columns that a relation ties, where their collations differ and the database would not know which to take: `collation` is that of `left`. */
  sameText(left: Fragment, right: Fragment, collation: Collation): Fragment;
  /** A row's sort key by one term of its order, the expression of ORDER BY over that field. */
  sortKey(field: Field, ordered: Fragment): SortKey;
  /** One ORDER BY term, with its NULLs at that end. */
  orderTerm(term: OrderTerm, nulls: 'first' | 'last'): Fragment;
  /** Whether an index read in that direction gives NULLs first; absent where the database finds the other way as quickly. */
  indexNullsFirst?(descending: boolean): boolean;
  random(): Fragment;
  /** What has a common table expression worked out once, however often it is named; absent where the database does not. */
  readonly materialized?: Fragment;
  readonly aggregates: AggregateSql;
  readonly points: PointSql;
  readonly plan: PlanSql;
  /** Has constraints that wait for the end of the transaction looked at now; absent where the database has no words for it. */
  readonly checkConstraints?: Fragment;
  /** Which statements, in the form that the product writes, can give back columns of the rows they changed, by `returning …`. */
  readonly returning: { readonly insert: boolean; readonly update: boolean; readonly delete: boolean };
  /** The rows of directus_activity and directus_revisions in one statement; absent, or undefined, where it takes one for each table. */
  readonly history?: (tables: HistoryTables, author: HistoryAuthor, rows: readonly HistoryRow[]) => Statement | undefined;
  /** A DELETE names the alias that it deletes from. */
  readonly deletesByAlias?: true;
  /** A transaction sees what was there when it first read without a lock: nothing may be read so before what it depends on is locked. */
  readonly snapshotReads?: true;
  /** Whether texts are equal and sorted as the collations of their columns have it. */
  readonly native: boolean;
  /** Behind a select: ` for update`, or nothing where a transaction has the database for itself. */
  readonly forUpdate: Fragment;
  /** What stands in VALUES for a column's own default; absent where there is no such word. */
  readonly defaultValue?: Fragment;
  readonly keys: KeySql;
  /** A condition that always holds, for every row of a nested select: ends a statement that runs too long where the server would not. */
  readonly pulse?: Fragment;
  /** The same for every row that a reading of the whole collection visits. */
  readonly scanPulse?: (collection: Collection, alias: string) => Fragment;
  /** `limit ... offset ...`, checked or bound. */
  page(limit: number | undefined, offset: number): Fragment;
  /** Behind the order of all rows: has what hangs on them worked out row by row afterwards; absent where the database does so anyway. */
  readonly everyRow?: Fragment;
  /** Repairs a row's text where the vendor cannot make the final JSON itself; undefined when there is nothing to do. */
  finish?: (text: string) => string;
}

/** The part of a dialect by which values are equal, ordered and found. */
export type Comparisons = Pick<
  Dialect,
  | 'operand'
  | 'constrained'
  | 'equals'
  | 'exactly'
  | 'isIn'
  | 'compares'
  | 'ordered'
  | 'orderedOperand'
  | 'distinct'
  | 'like'
  | 'likeCased'
  | 'text'
  | 'sameText'
>;

export interface Vendor {
  readonly name: VendorName;
  /** Opens the pool; resolves when one connection worked and the server's version is served, else throws GatewayError. */
  connect(config: DatabaseConfig): Promise<Connection>;
  /**
   * Reads the catalogue: queries per kind of object, not per table, and with pauses. `schemas` as in DatabaseConfig. Given what it
   * read `before`, only tables that have changed since are read, or all with `anew`; those that say the same are the same objects.
   */
  introspect(connection: Connection, schemas?: readonly string[], before?: Introspection, anew?: boolean): Promise<Introspection>;
  /**
   * Where the fingerprint is looked at before every request: the names of the tables and views that are not as they were read
   * `before`, the new and the gone ones among them. Much cheaper than to read them. Undefined when that cannot be told.
   */
  changed?(connection: Connection, before: Introspection): Promise<ReadonlySet<string> | undefined>;
  /** A cheap text that changes when tables, columns, keys or views change. */
  fingerprint(connection: Connection, schemas?: readonly string[]): Promise<string>;
  /** A driver's error as one of ours; undefined when it is not a client's or the network's fault. */
  translate(error: unknown): GatewayError | undefined;
  readonly ddl: Ddl;
  /** Whether the error says that a table or column the schema knows is not there: the schema is out of date. */
  isStale(error: unknown): boolean;
  /** How far copies of a database have come; absent where there are none. */
  readonly replication?: Replication;
}
