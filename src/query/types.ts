/** The one query model, bound: every name resolved. A surface parses into the requested forms (requested.ts), which `bind` turns into these. */
import type { ValueForm } from '../dialect/forms.ts';
import type { DatePart, Scalar } from '../dialect/types.ts';
import type { Position } from '../schema/points.ts';
import type { Collection, Field, Relation, TextIndex, ToOne } from '../schema/types.ts';
import type { FileMember } from './file-data.ts';
import type { GeoCondition } from './geo-condition.ts';
import type { Counts, Searched } from './requested.ts';
import type { ListForm, MakeObject } from './requested-template.ts';

export type {
  RequestedAggregate,
  RequestedFilter,
  RequestedGroup,
  RequestedMeasure,
  RequestedNested,
  RequestedOrder,
  RequestedRead,
  Searched,
  Selection,
} from './requested.ts';

export type Filter =
  | { is: 'all'; of: readonly Filter[] }
  | { is: 'any'; of: readonly Filter[] }
  | { is: 'not'; of: Filter }
  | { is: 'always' }
  | { is: 'never' }
  | { is: 'compare'; field: Field; operator: Comparison; values: readonly Scalar[] }
  | { is: 'null'; field: Field; negated: boolean }
  /** `cased`: upper and lower case differ. */
  | { is: 'like'; field: Field; pattern: string; negated: boolean; cased?: true }
  /** Rows whose point is there. */
  | { is: 'geo'; field: Field; condition: GeoCondition }
  /** Rows in whose `fields` a text index finds all of `words`; some make words of the whole `text` themselves. */
  | { is: 'words'; collection: Collection; index: TextIndex; fields: readonly Field[]; text: string; words: readonly string[] }
  /** Rows that match `where`, among the first so many, in the order of their keys, that match `of`. */
  | { is: 'among'; collection: Collection; of: Filter; where: Filter; rows: number }
  /** What holds depends on the field's value, to the last character; rows of other values do not match. */
  | { is: 'byValue'; field: Field; of: ReadonlyMap<string, Filter> }
  /** The text in `item` is the key (schema/keys.ts) of a row of `collection` that matches. */
  | { is: 'named'; item: Field; collection: Collection; where: Filter }
  /** At least one related row matches. `collection` is the other side, whose rules `access` adds. */
  | { is: 'some'; relation: Relation; collection: Collection; where: Filter; through?: Filter }
  /** The row of that key which the answer's row comes for. */
  | { is: 'each'; key: readonly Field[] }
  /** Number of related rows. */
  | {
      is: 'count';
      relation: Relation;
      collection: Collection;
      where: Filter;
      through?: Filter;
      operator: 'gte' | 'lt' | 'eq';
      value: number;
    };

/** `exact` is equality to the last character, whatever a column's collation takes for equal. */
export type Comparison = 'eq' | 'exact' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte' | 'in' | 'nin' | 'between' | 'nbetween';

export interface Order {
  field: Field;
  descending: boolean;
  /** Of points: how far they are from here. */
  from?: Position;
  /** The direction is not the one that was asked for, as rows are read from their end: NULLs are at the other end too. */
  turned?: true;
  /** The relations to one row that lead to `field`'s row, in order; NULL where they lead to none. Absent for a field of the row itself. */
  via?: readonly OrderStep[];
  /** Instead of `via`, which is empty then, relations of any kind: of the values of all rows that they lead to the first one counts. */
  lists?: readonly ListStep[];
  /** NULLs come last in both directions. */
  emptyLast?: true;
  /** They are where the database itself has them. */
  nulls?: 'native';
}

/** A step that may lead to several rows; `through` filters the junction rows of a m2m and is filled in access/. */
export interface ListStep extends Omit<OrderStep, 'relation'> {
  readonly relation: Relation;
  readonly through?: Filter;
}

/** One step of an order's path. Terms that share a beginning share its steps, as objects. */
export interface OrderStep {
  readonly relation: ToOne;
  readonly collection: Collection;
  /** The rows of `collection` that count; filled in access/. */
  readonly where: Filter;
  /** The rows on this side whose relation counts; filled in access/. */
  readonly own: Filter;
}

/** Ordered outputs by the key they have in the answer. */
export type Template = ReadonlyMap<string, Output>;

export type Output =
  /** `implied`: from a wildcard. `cut` takes out of the value what may not be read; filled in access/. */
  | { is: 'field'; field: Field; implied: boolean; form?: ValueForm; cut?: Cut }
  /** `through` filters the junction rows of a m2m; filled in access/. `as` and `orKey` are those of the requested form. */
  | {
      is: 'relation';
      relation: Relation;
      query: ReadQuery;
      through?: Filter;
      implied: boolean;
      as?: Exclude<ListForm, 'rows'>;
      orKey?: { readonly field: Field; readonly form: ValueForm };
      make?: MakeObject;
      only?: 'this' | 'others';
    }
  /** The first that is not NULL. */
  | { is: 'first'; of: readonly Output[] }
  /** NULL in rows that do not match. */
  | { is: 'when'; where: Filter; of: Output }
  /** The text of the key of those columns. */
  | { is: 'key'; fields: readonly Field[]; joined?: ',' }
  /** A to-one relation whose collection, `denied`, the caller may not read: an object with the bare key, or null. */
  | { is: 'stub'; field: Field; key: string; denied: string }
  /** A to-many relation whose collection the caller may not read: left out of the row, told in a warning. */
  | { is: 'denied'; collection: string }
  /** `file`: these members of a file's `data` are made of it (engine/file-data.ts). */
  | { is: 'group'; of: Template; file?: readonly FileMember[]; make?: MakeObject }
  | { is: 'constant'; json: string };

/** What is taken out of a value depends on the value of another field of its row. */
export interface Cut {
  readonly of: Field;
  /** What is left of the value's JSON text where `of` holds that text. */
  readonly rest: (of: string, json: string) => string;
}

/** In which rows a field may be read; `cut`: in all, but parts of its value are left out, so that nothing is compared with it. */
export type Readable = 'yes' | 'some' | 'cut' | 'no';

/** What a caller may name. Made in access/; `bind` treats what is not visible as not existing. */
export interface Visibility {
  collection(collection: Collection): boolean;
  /** `some`: in some rows only, by their status or because the row is the caller's own. */
  field(field: Pick<Field, 'name' | 'collection' | 'secret'>): Readable;
  /** False for one whose name, or a column that ties its sides, may be read in no row. */
  relation(relation: Relation): boolean;
}

/** Outputs of a template that a row lacks, by their keys. */
export interface Lacking {
  without: ReadonlySet<string>;
  /** They are null instead of not being there. */
  nulls?: true;
  /** The same of groups among the outputs that are there, by the keys of the groups. */
  inside?: ReadonlyMap<string, Lacking>;
}

/** What a row lacks when `when` holds. Made in access/ only, for status rules on fields. The first that holds applies. */
export interface TemplateCase extends Lacking {
  when: Filter;
}

/**
 * Whether all rows of the collection may be read, and whether everything that the filter looks at may be, in every row: only then do the
 * planner's own numbers, which are about all rows, tell nothing that is hidden.
 */
export interface Open {
  rows: boolean;
  filter: boolean;
}

export interface ReadQuery {
  collection: Collection;
  template: Template;
  /** What a row may not show is null instead of not being there. */
  absent?: 'null';
  cases?: readonly TemplateCase[];
  where: Filter;
  /** The part of `where` that every count is within. */
  within?: Filter;
  /** What `total` and `byStatus` count; filled in access/. */
  readable?: { total: Filter; byStatus: Filter; open: Open };
  searched?: Searched;
  order: 'random' | readonly Order[];
  /** See the requested form; its rules are filled in access/. */
  each?: ListStep;
  limit?: number;
  offset: number;
  /** Without a limit asked for: more rows than this make the read fail. */
  most?: number;
  statuses?: 'any' | readonly string[];
  counts: Counts;
}

export type AggregateFunction = 'count' | 'countDistinct' | 'sum' | 'avg' | 'min' | 'max';

export interface Group {
  readonly as: string;
  readonly field: Field;
  /** The relations to one row that lead to the field's row, as of an order. */
  readonly via?: readonly OrderStep[];
  readonly part?: DatePart;
  /** The rows that tell the field; in all others it counts as NULL. Filled in access/. */
  readonly visible?: Filter;
}

export interface Measure {
  readonly function: AggregateFunction;
  /** Absent: rows are counted. */
  readonly field?: Field;
  /** As of a group. */
  readonly visible?: Filter;
}

/** By one of the groups or one of the measures, counted from 0. */
export interface AggregateOrder {
  readonly of: 'groups' | 'measures';
  readonly at: number;
  readonly descending: boolean;
}

export interface AggregateQuery {
  readonly collection: Collection;
  readonly groups: readonly Group[];
  readonly measures: readonly Measure[];
  readonly where: Filter;
  /** Ends with every group, so that no two rows of the answer are equal to it. */
  readonly order: readonly AggregateOrder[];
  readonly limit?: number;
  readonly offset: number;
  /** As of a read. */
  readonly most?: number;
  readonly statuses?: 'any' | readonly string[];
}
