/** What a write asks for: as a surface understood it, and bound to the schema. */
import type { Scalar } from '../dialect/types.ts';
import type { Json } from '../lib/json-body.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field, Relation, ToOne } from '../schema/types.ts';
import type { RequestedFilter } from './types.ts';

// ---- as asked ----

/** Values by field or relation name, as they came. */
export type RequestedItem = Readonly<Record<string, Json>>;

export type RequestedMutation =
  | { readonly is: 'create'; readonly collection: string; readonly items: readonly RequestedItem[] }
  /** Each item changes the row that has its values in the columns `by`, or makes it where there is none. */
  | { readonly is: 'upsert'; readonly collection: string; readonly by: readonly string[]; readonly items: readonly RequestedItem[] }
  /** With `living`, a soft-deleted row is not found unless it is brought back. */
  | { readonly is: 'update'; readonly collection: string; readonly changes: readonly RequestedChange[]; readonly living?: boolean }
  | { readonly is: 'delete'; readonly collection: string; readonly keys: readonly string[] }
  | { readonly is: 'updateWhere'; readonly collection: string; readonly rows: RequestedRows; readonly item: RequestedItem }
  | { readonly is: 'deleteWhere'; readonly collection: string; readonly rows: RequestedRows };

/** The rows that match and that the caller may read; where there are more than `most`, none is touched. */
export interface RequestedRows {
  readonly where: RequestedFilter;
  readonly statuses?: 'any' | readonly string[];
  readonly most: number;
}

export interface RequestedChange {
  /** Text form of the row's key. */
  readonly key: string;
  readonly item: RequestedItem;
}

/** What is to become of one row that a relation leads to. */
export type RequestedRow =
  /** Changed where `item` holds its key, made where not, or where there is no such row; and tied to this side. */
  | { readonly is: 'save'; readonly item: RequestedItem }
  /** Only the one or the other. */
  | { readonly is: 'create' | 'update'; readonly item: RequestedItem }
  /** Tied to this side, and left as it is otherwise. */
  | { readonly is: 'link'; readonly key: Json }
  /** By the key that `item` holds. */
  | { readonly is: 'delete'; readonly item: RequestedItem }
  | { readonly is: 'deleteKey'; readonly key: Json };

/** How a surface writes nested rows down. */
export interface NestedSyntax {
  /** Undefined: nothing is to be done. Only asked of lists and objects; a scalar is the key itself. */
  toOne(value: Json, relation: ToOne): RequestedRow | undefined;
  /** Changes, in order. Throws GatewayError for what is no list of them. */
  toMany(value: Json, relation: Relation): readonly RequestedRow[];
}

// ---- bound ----

export type ToMany = Extract<Relation, { kind: 'o2m' }>;

export interface WriteNode {
  readonly collection: Collection;
  /** `save` changes the row of its key, or makes it where there is none. */
  readonly does: 'create' | 'update' | 'save' | 'delete';
  /** In key order; filled in by the engine where the database makes it. */
  key?: readonly Scalar[];
  /** What the columns are to hold: what was sent, and what is filled in by itself. */
  readonly values: Map<Field, Stored>;
  /** The columns that were sent. */
  readonly sent: ReadonlySet<Field>;
  readonly toOne: readonly NestedOne[];
  readonly toMany: readonly NestedMany[];
  /** Not found where it is soft-deleted, unless this brings it back. */
  readonly living?: boolean;
  /** Made where there is no such row, even of a mere key. */
  makes?: boolean;
  /** There is such a row, which the caller may not read: he is refused where it would be made. */
  taken?: boolean;
  /** Whose list this row stands in. */
  parent?: WriteNode;
  /** Once written: the row as JSON text. */
  snapshot?: string;
  /** Once it is known whether a `save` made its row. */
  done?: 'create' | 'update' | 'delete';
}

export interface NestedOne {
  readonly relation: ToOne;
  readonly node: WriteNode;
}

export interface NestedMany {
  readonly relation: ToMany;
  readonly nodes: readonly WriteNode[];
}
