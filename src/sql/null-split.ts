/**
 * A page in an order that puts NULLs where no index has them. Sorting the whole table for its first rows would take as long as the table
 * is large; instead the rows with a value and those without are taken separately, each at most as many as the page can need, and
 * merged. Both come straight out of the index.
 */
import { type Fragment, join, name, sql } from '../lib/fragment.ts';
import { allOf, isNotNull, isNull } from '../query/filters.ts';
import type { Filter, Order, ReadQuery } from '../query/types.ts';
import type { Field } from '../schema/types.ts';
import { nullsOf, ordered } from './order.ts';
import { scanned } from './scan.ts';
import { column, type Scope, table, whereClause } from './scope.ts';

/** Whether rows of two selects can be put in that order again: of related rows they have no columns, and a union forgets the order of labels. */
export function canBeMerged(order: readonly Order[]): boolean {
  return order.every((term) => !term.via && !term.from && term.field.storage !== 'enum');
}

/** The leading term, when it is one of those: nullable, indexed, and NULLs wanted at the other end of the index. */
export function splitTerm(query: ReadQuery, scope: Scope): Order | undefined {
  if (query.order === 'random' || query.limit === undefined || query.each) return undefined;
  if (!canBeMerged(query.order)) return undefined;
  const [first] = query.order;
  const { indexNullsFirst } = scope.dialect;
  if (!first?.field.column.nullable || !first.field.indexed || !indexNullsFirst) return undefined;
  // An index serves the column itself, not what is made of it.
  const plain = name(first.field.column.name);
  if (scope.dialect.ordered(first.field, plain) !== plain) return undefined;
  const wanted = nullsOf(first, scope) === 'first';
  return indexNullsFirst(first.descending) === wanted ? undefined : first;
}

/** The page's select over its two parts; `needed` are its fields, those of the order among them. Undefined where one part will do. */
export function splitPage(query: ReadQuery, needed: readonly Field[], scope: Scope): Fragment | undefined {
  const first = splitTerm(query, scope);
  if (!first) return undefined;
  const { limit = 0, offset } = query;
  const order = query.order === 'random' ? [] : query.order;
  const part = (filter: Filter, terms: readonly Order[]): Fragment => {
    const alias = scope.alias();
    const shown = needed.map((each) => column(alias, each));
    const where = scanned(query.collection, allOf([filter, query.where]), alias, scope);
    const rows = sql`select ${join(shown, ', ')} from ${table(query.collection, alias)}${whereClause(where)}`;
    return sql`(${rows}${ordered(terms, alias, scope).clause} ${scope.dialect.page(limit + offset, 0)})`;
  };
  const { field } = first;
  // Without NULLs among them, either end of the index will do.
  const valued = { ...first, field: { ...field, column: { ...field.column, nullable: false } } };
  const parts = [part(isNotNull(field), [valued, ...order.slice(1)]), part(isNull(field), order.slice(1))];
  const merged = scope.alias();
  const shown = needed.map((each) => column(merged, each));
  return sql`select ${join(shown, ', ')} from (${join(parts, ' union all ')}) ${name(merged)}${ordered(order, merged, scope).clause} ${scope.dialect.page(limit, offset)}`;
}
