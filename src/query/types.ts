/** The one query model. A surface parses into the requested forms; `bind` turns them into the bound forms against a schema. */
import type { Scalar } from '../dialect/types.ts';
import type { Collection, Field, Relation } from '../schema/types.ts';

// ---- as asked: names are still text ----

/** Which outputs are wanted. A surface fills it from its own syntax. */
export interface Selection {
  /** `*`: every readable column. */
  all: boolean;
  /** What `*.…` asks of every relation. */
  each?: Selection;
  /** By name; null asks for the field itself. */
  readonly named: Map<string, Selection | null>;
  readonly without: Set<string>;
}

export type RequestedFilter =
  | { is: 'all'; of: RequestedFilter[] }
  | { is: 'any'; of: RequestedFilter[] }
  | { is: 'not'; of: RequestedFilter }
  /** `path` of one name or several through relations; `operator` is an operator's id. */
  | { is: 'compare'; path: readonly string[]; operator: string; value: unknown };

export interface RequestedOrder {
  path: readonly string[];
  descending: boolean;
}

export interface RequestedRead {
  collection: string;
  selection: Selection;
  /** Text forms of keys; the answer holds those rows that exist and may be read. */
  keys?: readonly string[];
  where?: RequestedFilter;
  /** Text to look for in the searchable columns. */
  search?: string;
  /** `'random'` or terms; undefined is the collection's default order. */
  order?: 'random' | readonly RequestedOrder[];
  /** Undefined asks for every row. */
  limit?: number;
  offset: number;
  /** Statuses to show; undefined is every one that is not soft-deleted. */
  statuses?: 'any' | readonly string[];
  /** Languages of nested translations; undefined is all. */
  languages?: readonly string[];
  counts: Counts;
  /** As soon as a relation is expanded, its plain siblings become objects holding their key (directus8-data §5.1, mixing quirk). */
  stubs: boolean;
}

export interface Counts {
  /** Rows that match the filter. */
  filtered: boolean;
  /** Rows the caller may read, whatever the filter says. */
  total: boolean;
  /** The same by status. */
  byStatus: boolean;
}

// ---- bound: every name resolved ----

export type Filter =
  | { is: 'all'; of: readonly Filter[] }
  | { is: 'any'; of: readonly Filter[] }
  | { is: 'not'; of: Filter }
  | { is: 'always' }
  | { is: 'never' }
  | { is: 'compare'; field: Field; operator: Comparison; values: readonly Scalar[] }
  | { is: 'null'; field: Field; negated: boolean }
  | { is: 'like'; field: Field; pattern: string; negated: boolean }
  /** At least one related row matches. `collection` is the other side, whose rules `access` adds. */
  | { is: 'some'; relation: Relation; collection: Collection; where: Filter; through?: Filter }
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
}

/** Ordered outputs by the key they have in the answer. */
export type Template = ReadonlyMap<string, Output>;

export type Output =
  /** `implied`: from a wildcard. */
  | { is: 'field'; field: Field; implied: boolean }
  /** `through` filters the junction rows of a m2m; filled in access/. */
  | { is: 'relation'; relation: Relation; query: ReadQuery; through?: Filter; implied: boolean }
  /** A to-one relation whose collection, `denied`, the caller may not read: an object with the bare key, or null. */
  | { is: 'stub'; field: Field; key: string; denied: string }
  /** A to-many relation whose collection the caller may not read: left out of the row, told in a warning. */
  | { is: 'denied'; collection: string }
  | { is: 'group'; of: Template }
  | { is: 'constant'; json: string };

/** What a caller may name. Made in access/; `bind` treats what is not visible as not existing. */
export interface Visibility {
  collection(collection: Collection): boolean;
  /** `some`: in some rows only, by their status or because the row is the caller's own. */
  field(field: Field): 'yes' | 'some' | 'no';
  /** False for one whose name, or a column that ties its sides, may be read in no row. */
  relation(relation: Relation): boolean;
}

/** Outputs that a row lacks when `when` holds. Made in access/ only, for status rules on fields. The first that holds applies. */
export interface TemplateCase {
  when: Filter;
  without: ReadonlySet<string>;
}

export interface ReadQuery {
  collection: Collection;
  template: Template;
  cases?: readonly TemplateCase[];
  where: Filter;
  /** What `total` and `byStatus` count; filled in access/. */
  readable?: { total: Filter; byStatus: Filter };
  order: 'random' | readonly Order[];
  limit?: number;
  offset: number;
  statuses?: 'any' | readonly string[];
  counts: Counts;
}
