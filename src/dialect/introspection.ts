/** What is found in a database: tables, columns, keys, in words that all vendors share. */
import type { IntrospectedTextIndex } from './text-index.ts';

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

/**
 * How a column itself compares its texts. Where that agrees with what is promised on every database, the column is used as it is
 * and an index on it serves; else the dialect compares in its own way.
 */
export interface Collation {
  /** As SQL names it. */
  readonly name: string;
  /** Its `=` tells any two texts apart: case, accents and trailing blanks count. */
  readonly exact: boolean;
  /** Its `<` goes by code point. */
  readonly byCodePoint: boolean;
  /** Which upper case letters it knows the lower case of: one for one as Unicode has it, whole words as languages do, or A to Z. */
  readonly lower?: 'simple' | 'full' | 'ascii';
}

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
  /** Constraints take apart what is one value in several spellings: moments and UUIDs that are kept as text. */
  spelled?: true;
  /** It holds moments before and after all others as well, which are `-infinity` and `infinity`. */
  infinite?: true;
  /** Its numbers are printed with zeros in front, up to its width (ZEROFILL). */
  padded?: true;
  nullable: boolean;
  /** The default as the catalogue prints it; null when there is none. */
  default: string | null;
  /** A computed column: never written. */
  generated: boolean;
  /** Identity, serial or auto_increment: filled by the database. */
  autoIncrement: boolean;
  /** Of these, one that takes no value from anyone else. */
  identityAlways?: true;
  /** The labels of an enum or set, in order. */
  values?: readonly string[];
  /** Storage of the elements of an array. */
  element?: Storage;
  /** Of text, enums and sets, where the vendor knows it. */
  collation?: Collation;
  /** Its values are points, of the vendor's own type for them. */
  points?: true;
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
  /** Triggers run once a row of it is inserted or updated, and may change it then; what the statement gives back is the row before that. */
  changedAfter?: true;
  /** Rows of tables that inherit from it are its rows too, and its key says nothing of theirs. */
  inherited?: true;
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
  textIndexes?: readonly IntrospectedTextIndex[];
}
