/** What a vendor is: introspection, connection, and the parts of SQL in which databases differ. */
import type { Knex } from 'knex';
import type { GatewayError } from '../lib/errors.ts';
import type { Fragment, Printer, Statement } from '../lib/fragment.ts';
import type { Field } from '../schema/types.ts';

export type VendorName = 'pg' | 'mysql2' | 'better-sqlite3';

/** How a column's values are stored, as far as reading and comparing them differ. `unknown` is served as exact text. */
export type Storage =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'bit'
  | 'text'
  | 'enum'
  | 'set'
  | 'uuid'
  | 'date'
  | 'time'
  | 'datetime'
  | 'instant'
  | 'interval'
  | 'year'
  | 'json'
  | 'binary'
  | 'array'
  | 'range'
  | 'geometry'
  | 'unknown';

export interface IntrospectedColumn {
  name: string;
  /** The type without length, lower case, as the vendor names it: `varchar`, `int`, `timestamp with time zone`, `my_enum`. */
  type: string;
  /** The full type as the vendor prints it: `varchar(200)`, `int(10) unsigned`, `numeric(10,2)`. */
  nativeType: string;
  storage: Storage;
  /** Characters of a text type. */
  length?: number;
  /** Decimal digits in all, of integer, decimal and (where told) datetime fractions. */
  precision?: number;
  scale?: number;
  unsigned: boolean;
  nullable: boolean;
  /** The default as the catalogue prints it; null when there is none. */
  default: string | null;
  /** A computed column: never written. */
  generated: boolean;
  /** Identity, serial or auto_increment: filled by the database. */
  autoIncrement: boolean;
  /** The labels of an enum or set, in order. */
  values?: readonly string[];
  /** Storage of the elements of an array. */
  element?: Storage;
  comment: string | null;
}

export interface IntrospectedForeignKey {
  name: string;
  columns: readonly string[];
  /** Schema of the referenced table; null where the vendor has no schemas (SQLite) or it is the connection's own database (MySQL). */
  toSchema: string | null;
  toTable: string;
  toColumns: readonly string[];
}

export interface IntrospectedTable {
  /** PostgreSQL schema; null on SQLite and MySQL (for the connection's own database). */
  schema: string | null;
  name: string;
  kind: 'table' | 'view';
  /** A materialised view is a `view` with this set; it takes no writes. */
  materialized: boolean;
  /** Whether the vendor itself says that rows can be inserted or updated (views). */
  updatable: boolean;
  columns: readonly IntrospectedColumn[];
  /** Columns of the primary key in key order; empty when there is none. */
  primaryKey: readonly string[];
  /** Column lists of unique constraints and full, plain unique indexes, the primary key excluded. */
  unique: readonly (readonly string[])[];
  /** Column lists of every other index, leading columns first; expression indexes are left out. */
  indexes: readonly (readonly string[])[];
  foreignKeys: readonly IntrospectedForeignKey[];
  /** The planner's estimate; null when the vendor has none. */
  rowEstimate: number | null;
  comment: string | null;
}

export interface Introspection {
  /** e.g. `PostgreSQL 15.20`, `MariaDB 10.11.19`, `MySQL 8.0.36`, `SQLite 3.53.2`. */
  version: string;
  /** The schema whose tables are named without a prefix; null on SQLite and MySQL. */
  defaultSchema: string | null;
  tables: readonly IntrospectedTable[];
}

export interface DatabaseConfig {
  client: VendorName;
  /** A URL, the driver's own connection object, or `{ filename }` for SQLite. */
  connection: string | Readonly<Record<string, unknown>>;
  /** Schemas (PostgreSQL) to serve, the first being the default one. Unset: the connection's own. */
  schemas?: readonly string[];
  pool?: { readonly min?: number; readonly max?: number };
}

/** One row of a metadata read, by column name. Values come as the driver's safe form: bigints as text, dates as text. */
export type Row = Record<string, unknown>;

/** What runs statements. Every driver error leaves translated where the vendor knows it (`Vendor.translate`). */
export interface Queryable {
  /** The read path: rows as arrays of text (or null), nothing decoded on the way. */
  texts(statement: Statement): Promise<(string | null)[][]>;
  /** Rows as objects, for metadata and identity. */
  rows(statement: Statement): Promise<Row[]>;
  /** A statement without a result set; the number of rows it touched. */
  execute(statement: Statement): Promise<number>;
}

export interface Connection extends Queryable {
  readonly vendor: VendorName;
  readonly dialect: Dialect;
  /** The knex instance whose pool this is: for migrations and DDL only. */
  readonly knex: Knex;
  /** Runs everything inside on one connection; commits when the promise resolves, rolls back when it rejects. */
  transaction<T>(run: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** Called with every statement sent by `texts`, `rows` and `execute`; tests count with it. */
  onStatement?: (statement: Statement) => void;
  close(): Promise<void>;
}

/** A scalar operand after binding: canonical text, an exact number as text, or a boolean. */
export type Scalar = string | boolean;

export interface OrderTerm {
  expression: Fragment;
  descending: boolean;
  nullable: boolean;
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
}

/** The SQL in which vendors differ. All of it makes text only; nothing here touches a connection. */
export interface Dialect extends Printer {
  readonly vendor: VendorName;
  /** A stored value as an expression that becomes the right JSON value inside `jsonObject`. The one place for a type's JSON form. */
  jsonValue(field: Field, column: Fragment): Fragment;
  /** A JSON object; keys are our own output names. */
  jsonObject(pairs: readonly (readonly [key: string, value: Fragment])[]): Fragment;
  /** A JSON expression as text, the form in which a row of the page leaves the database. */
  jsonText(json: Fragment): Fragment;
  /** A JSON value that passed through a sub-select or CASE, marked as JSON again where the vendor forgets it. */
  asJson(json: Fragment): Fragment;
  /** A constant of ours as a JSON value. */
  jsonConstant(json: string): Fragment;
  /** Scalar sub-select giving a JSON array of the list's rows, `[]` when there are none. */
  jsonList(list: ListSelect): Fragment;
  /** Scalar sub-select giving an object of key column to value column over `select key, value from ...`. */
  jsonMap(select: Fragment, key: string, value: string): Fragment;
  /** The column in the form in which its operands compare with it: itself, or its text where the type has no useful order. */
  comparable(field: Field, column: Fragment): Fragment;
  /** A bound operand, typed as the column wants it, so that the comparison is exact and uses its index. */
  operand(field: Field, value: Scalar): Fragment;
  /** Equality to the last character, still by the column's index; where absent `=` is that already. */
  exactly?(field: Field, column: Fragment, value: Scalar): Fragment;
  /** `column in (...)`; an empty list is the caller's to handle. */
  isIn(field: Field, column: Fragment, values: readonly Scalar[]): Fragment;
  /** Case-insensitive LIKE; `pattern` uses `%`, `_` and the escape character `\`. */
  like(field: Field, column: Fragment, pattern: string): Fragment;
  /** The column as text, as `q` and LIKE see it. */
  text(field: Field, column: Fragment): Fragment;
  /** One ORDER BY term; with `nullsLast` NULLs come last in both directions. */
  orderTerm(term: OrderTerm, nullsLast: boolean): Fragment;
  random(): Fragment;
  /** A condition that always holds, for every row of a nested select: ends a statement that runs too long where the server would not. */
  readonly pulse?: Fragment;
  /** `limit ... offset ...`, bound. */
  page(limit: number | undefined, offset: number): Fragment;
  /** Repairs a row's text where the vendor cannot make the final JSON itself; undefined when there is nothing to do. */
  finish?: (text: string) => string;
}

export interface Vendor {
  readonly name: VendorName;
  /** Opens the pool; resolves when one connection worked and the server's version is served, else throws GatewayError. */
  connect(config: DatabaseConfig): Promise<Connection>;
  /** Reads the whole catalogue: one query per kind of object. `schemas` as in DatabaseConfig. */
  introspect(connection: Connection, schemas?: readonly string[]): Promise<Introspection>;
  /** A cheap text that changes when tables, columns, keys or views change. */
  fingerprint(connection: Connection, schemas?: readonly string[]): Promise<string>;
  /** A driver's error as one of ours; undefined when it is not a client's or the network's fault. */
  translate(error: unknown): GatewayError | undefined;
  /** Whether the error says that a table or column the schema knows is not there: the schema is out of date. */
  isStale(error: unknown): boolean;
}
