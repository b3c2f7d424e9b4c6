/** What a vendor is: how it connects, what its catalogue says, and the parts of SQL in which databases differ. */
import type { GatewayError } from '../lib/errors.ts';
import type { Fragment, Printer, Statement } from '../lib/fragment.ts';
import type { Collection, Field } from '../schema/types.ts';
import type { AggregateSql } from './aggregates.ts';
import type { Connection } from './connection.ts';
import type { DatabaseConfig, VendorName } from './database-config.ts';
import type { Ddl } from './ddl.ts';
import type { ValueForm } from './forms.ts';
import type { HistoryAuthor, HistoryRow, HistoryTables } from './history.ts';
import type { Collation, Introspection } from './introspection.ts';
import type { KeySql } from './keys.ts';
import type { PlanSql } from './plan.ts';
import type { PointSql } from './points.ts';
import type { Replication } from './replication.ts';
import type { TextMatch } from './text-index.ts';
import type { Scalar, Stored } from './values.ts';

export type { AggregateSql, DatePart } from './aggregates.ts';
export type { Connection, Queryable, Reader, Row, StatementLimits, StreamOptions, TextRow, Transaction } from './connection.ts';
export type { DatabaseConfig, TextOrder, VendorName } from './database-config.ts';
export type { HistoryAuthor, HistoryRow, HistoryTables } from './history.ts';
export type { Collation, IntrospectedColumn, IntrospectedForeignKey, IntrospectedTable, Introspection, Storage } from './introspection.ts';
export type { KeyColumn, KeySql } from './keys.ts';
export type { Estimate } from './plan.ts';
export type { IntrospectedTextIndex, TextIndexForm, TextMatch } from './text-index.ts';
export type { Scalar, Stored } from './values.ts';

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
  /** The one value that `stored` binds, without its SQL: rows by the thousand have the same. */
  readonly storedValue?: (field: Field, value: Stored) => unknown;
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
  /** A deletion with the activity of the one row that it deletes, if it does; it tells what the deletion tells. Absent, or undefined, as above. */
  readonly deleteWithHistory?: (deletion: Fragment, tables: HistoryTables, author: HistoryAuthor, row: HistoryRow) => Statement | undefined;
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
