/** Changes of tables as data, and what a vendor makes of them. */
import type { Statement } from '../lib/fragment.ts';
import type { IntrospectedForeignKey, IntrospectedTable } from './introspection.ts';
import type { Connection, Reader } from './types.ts';

/** A type as Directus 8 names it on every database: in the words of MySQL. */
export interface WireType {
  readonly datatype: string;
  /** Characters, or digits in all. */
  readonly length?: number;
  /** Of the digits, those behind the point. */
  readonly scale?: number;
  /** Of ENUM and SET. */
  readonly labels?: readonly string[];
  readonly unsigned: boolean;
  /** Holds truth values only. */
  readonly truth: boolean;
}

export type DefaultValue = { readonly is: 'text' | 'number' | 'truth'; readonly text: string } | { readonly is: 'now' };

/** A real foreign key to one column. */
export interface Reference {
  readonly schema: string | null;
  readonly table: string;
  readonly column: string;
  readonly onDelete: 'no action' | 'cascade' | 'set null' | 'restrict';
}

/** A column to be made. */
export interface ColumnSpec {
  readonly name: string;
  /** As the vendor writes it: of `Ddl.typeText`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly default?: DefaultValue;
  readonly primaryKey: boolean;
  readonly autoIncrement: boolean;
  readonly unique: boolean;
  readonly comment?: string;
  readonly references?: Reference;
}

/** What is to be another than it is; the rest stays exactly as it is. */
export interface ColumnChange {
  readonly name: string;
  readonly type?: string;
  /** Values that do not fit are bent as the database bends them. */
  readonly force: boolean;
  readonly nullable?: boolean;
  /** Null takes the default away. */
  readonly default?: DefaultValue | null;
  readonly unique?: boolean;
  readonly comment?: string | null;
}

/** A foreign key of one column to be made. */
export interface Link {
  readonly column: string;
  readonly references: Reference;
}

export interface TableName {
  readonly schema: string | null;
  readonly name: string;
}

/** A foreign key of another table. */
export interface Inbound {
  readonly table: IntrospectedTable;
  readonly constraint: string;
}

export type TableChange =
  | { readonly is: 'create'; readonly table: TableName; readonly columns: readonly ColumnSpec[] }
  | {
      readonly is: 'alter';
      readonly table: IntrospectedTable;
      readonly add: readonly ColumnSpec[];
      readonly change: readonly ColumnChange[];
      readonly drop: readonly string[];
      /** Foreign keys of columns that are there; those given up go before new ones are made. */
      readonly link?: readonly Link[];
      readonly unlink?: readonly IntrospectedForeignKey[];
    }
  /** `inbound` go before it. */
  | { readonly is: 'drop'; readonly table: IntrospectedTable; readonly inbound: readonly Inbound[] };

export interface DdlStep {
  readonly statement: Statement;
  /** What takes it back; absent where nothing does, or where a transaction does. */
  readonly undo?: Statement;
  /** To be sent again as long as it touches rows; others are served in between. */
  readonly again?: true;
}

/** To be called first in the transaction of a change; throws where somebody else has written since the work began, which is begun anew then. */
export type Undisturbed = (transaction: Reader) => Promise<void>;

export type Exclusively = <T>(connection: Connection, work: (undisturbed: Undisturbed) => Promise<T>) => Promise<T>;

/** How a vendor changes tables. */
export interface Ddl {
  /** Whether its changes of tables are undone with the transaction they are made in. */
  readonly transactional: boolean;
  /** Bytes of UTF-8 that a name may have. */
  readonly nameBytes: number;
  /** Whether the database keeps that name for itself, whichever way it is spelled. */
  reserved(what: 'collection' | 'field', name: string): boolean;
  /** The type in the vendor's words, as its catalogue prints it; undefined where it has none. */
  typeText(type: WireType): string | undefined;
  /** Whether two types of the catalogue, or of `typeText`, are the same. */
  sameType(one: string, other: string): boolean;
  /**
   * Does the work while no other process does such work on the same database. It may be done again: nothing of it may be kept but what
   * its transactions have committed.
   *
   * @throws GatewayError write_conflict where another process is at it for too long
   */
  readonly exclusively: Exclusively;
  /** The statements, in their order. Reads what they need to know of the table; none of them is run. */
  plan(reader: Reader, change: TableChange): Promise<readonly DdlStep[]>;
}
