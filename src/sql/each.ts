/** Rows that come once for each row of a list of theirs: the list joined to the page, and which of its rows each one came for. */
import type { OrderTerm } from '../dialect/types.ts';
import { type Fragment, join, name, nothing, sql, trusted } from '../lib/fragment.ts';
import type { ReadQuery } from '../query/types.ts';
import { column, type Scope, table } from './scope.ts';
import { condition, joined } from './where.ts';

export interface Each {
  /** ` left join …`. */
  readonly joins: Fragment;
  /** The key of the list's row, under the labels of `eachLabels`. */
  readonly columns: readonly Fragment[];
  /** By that key, on the rows of the list. */
  readonly terms: readonly OrderTerm[];
}

const none: Each = { joins: nothing, columns: [], terms: [] };

/** Names that no column of the collection has, for the key of the list's rows. */
export function eachLabels({ collection, each }: Pick<ReadQuery, 'collection' | 'each'>): readonly string[] {
  const taken = new Set([...collection.fields.values()].map((field) => field.column.name.toLowerCase()));
  return (each?.collection.key ?? []).map((_, i) => {
    let label = `each${i}`;
    while (taken.has(label)) label = `${label}_`;
    return label;
  });
}

/** Where the page is found conditions and orders may speak of the list's row. */
export function finding({ each }: Pick<ReadQuery, 'each'>, scope: Scope): Scope {
  return each ? { ...scope, eachAlias: scope.alias() } : scope;
}

/** The list joined to the rows under `alias`, in a scope of `finding`. */
export function eachOf(query: Pick<ReadQuery, 'collection' | 'each'>, alias: string, scope: Scope): Each {
  const { each } = query;
  const { eachAlias: target } = scope;
  if (!each || target === undefined || each.relation.kind === 'm2m') return none;
  const rules = [condition(each.own, alias, scope), condition(each.where, target, scope)];
  const on = join([joined(each.relation.join, alias, target, scope), ...rules.flatMap((rule) => rule ?? [])], ' and ');
  const labels = eachLabels(query);
  const { key } = each.collection;
  return {
    joins: sql` left join ${table(each.collection, target)} on ${on}`,
    columns: key.map((field, i) => sql`${column(target, field)} as ${name(labels[i] ?? '')}`),
    terms: key.map((field) => keyTerm(scope.dialect.ordered(field, column(target, field)))),
  };
}

/** The same order on the page, whose rows are under `paged`. */
export function eachAgain(query: Pick<ReadQuery, 'collection' | 'each'>, paged: string, scope: Scope): readonly OrderTerm[] {
  const labels = eachLabels(query);
  return (query.each?.collection.key ?? []).map((field, i) => keyTerm(scope.dialect.ordered(field, name(paged, labels[i] ?? ''))));
}

const keyTerm = (expression: Fragment): OrderTerm => ({ expression, descending: false, nullable: true });

/** Of the list's rows under `target`, the one that the page's row came for, or the others. */
export function eachCondition(
  only: 'this' | 'others',
  { collection }: Pick<ReadQuery, 'collection'>,
  paged: string,
  target: string,
  scope: Scope,
): Fragment {
  const pairs = (scope.each ?? []).flatMap((label, i) => {
    const field = collection.key[i];
    return field ? [sql`${column(target, field)} = ${name(paged, label)}`] : [];
  });
  const same = pairs.length === 0 ? trusted('1 = 0') : join(pairs, ' and ');
  return only === 'this' ? same : sql`not coalesce((${same}), false)`;
}
