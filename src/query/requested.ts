/** What a request asks for, with names still as text: what a surface parses into, and `bind` takes. */
import type { Position } from '../schema/points.ts';
import type { RequestedTemplate } from './requested-template.ts';

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
  /**
   * `path` of one name or several through relations; `operator` is an operator's id. `strict`: a list is written as one, and what the field
   * cannot hold is refused instead of matching nothing.
   */
  | { is: 'compare'; path: readonly string[]; operator: string; value: unknown; strict?: true }
  /** Of the rows that a relation leads to: one of them matches, none does, or all do. All of `where` holds for one and the same row. */
  | { is: 'related'; relation: string; quantifier: 'some' | 'none' | 'every'; where: RequestedFilter }
  /** Of rows of the list that the read's `each` names: the one that an answer's row comes for. */
  | { is: 'each' };

export interface RequestedOrder {
  path: readonly string[];
  descending: boolean;
  /** NULLs are where the database itself has them, unless a list is on the way. */
  nulls?: 'native';
  /** The path ends in a point: the nearest to this one come first, and what is no point last. */
  from?: Position;
  /**
   * The path may lead to several rows: the lowest of their values counts, or the highest where that comes first. `where` says which of the
   * rows that it ends in count. `emptyLast`: where there is none of them comes last in both directions.
   */
  lists?: { readonly where?: RequestedFilter; readonly emptyLast?: true };
}

/** What is asked of the rows a relation leads to, beside their fields. A relation to one row takes a filter and a text only. */
export interface RequestedNested {
  where?: RequestedFilter;
  search?: string;
  order?: 'random' | readonly RequestedOrder[];
  /** Undefined asks for every row. */
  limit?: number;
  offset?: number;
  /** By name of the relation. */
  nested?: ReadonlyMap<string, RequestedNested>;
}

export interface RequestedRead {
  collection: string;
  selection: Selection;
  /** Instead of the selection. What a row may not show is null then, unless `absent` says otherwise. */
  template?: RequestedTemplate;
  /** Of a template: what a row may not show is left out of it. */
  absent?: 'out';
  /** Text forms of keys; the answer holds those rows that exist and may be read. */
  keys?: readonly string[];
  where?: RequestedFilter;
  /** What the listing is of: unlike `where` it narrows `counts.total` too. */
  within?: RequestedFilter;
  /** Text to look for in the searchable columns. */
  search?: string;
  /** Words to look for by a text index, or as `search` does within a number of rows. */
  fullText?: string;
  /** `'random'` or terms; undefined is the collection's default order. */
  order?: 'random' | readonly RequestedOrder[];
  /** A list of the rows: each comes once for every row of its list, in the order of their keys, or once where that is empty. */
  each?: string;
  /** Undefined asks for every row. */
  limit?: number;
  offset: number;
  /** Statuses to show; undefined is every one that is not soft-deleted. */
  statuses?: 'any' | readonly string[];
  /** Languages of nested translations; undefined is all. */
  languages?: readonly string[];
  counts: Counts;
  /**
   * Wants a cursor for what follows the page; with `after`, a cursor of that kind, the page is what follows it. `backward`: all of it from
   * the end, so that the page is the last one, or comes before that row; its rows are in their order all the same. `each`: for every row.
   */
  follow?: { readonly after?: string; readonly backward?: boolean; readonly each?: boolean };
  /** Arguments of relations that the selection expands, by name of the relation. */
  nested?: ReadonlyMap<string, RequestedNested>;
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
  /** How `fullText` was looked for, and whether in all rows. */
  search?: boolean;
}

/** How `fullText` is looked for: by an index, or among so many rows; neither where it is among all. */
export interface Searched {
  index: string | null;
  rows: number | null;
}

/** Groups of rows and what is worked out over each of them, instead of the rows themselves. */
export interface RequestedAggregate {
  collection: string;
  /** Without any, all rows are one group. */
  groups: readonly RequestedGroup[];
  measures: readonly RequestedMeasure[];
  where?: RequestedFilter;
  /** As of a read. */
  within?: RequestedFilter;
  search?: string;
  fullText?: string;
  /** By the name of a group, or by a measure: `count`, or its function and its field. */
  order?: readonly RequestedOrder[];
  /** Of groups; undefined asks for every one. */
  limit?: number;
  offset: number;
  statuses?: 'any' | readonly string[];
}

export interface RequestedGroup {
  /** Its key in the answer. */
  as: string;
  path: readonly string[];
  /** A part of a date instead of all of it. */
  part?: string;
}

export interface RequestedMeasure {
  /** An aggregate function's id. */
  function: string;
  /** A field, or `*` for rows. */
  field: string;
}
