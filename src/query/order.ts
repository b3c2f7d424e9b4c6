/** Orders, asked for and by default, and the plain nested read that has nothing but its outputs. */
import { GatewayError } from '../lib/errors.ts';
import type { Collection } from '../schema/types.ts';
import { always } from './filters.ts';
import type { Filter, Order, ReadQuery, RequestedOrder, Visibility } from './types.ts';

/** The order asked for, or the collection's own: its sort field, then always its key (directus8-data §5.3). */
export function bindOrder(collection: Collection, asked: readonly RequestedOrder[] | undefined, visible: Visibility): Order[] {
  const order: Order[] = [];
  const add = (term: Order): void => {
    if (!order.some((other) => other.field === term.field)) order.push(term);
  };
  if (asked && asked.length > 0) for (const term of asked) add(orderTerm(collection, term, visible));
  else if (collection.sort && visible.field(collection.sort) === 'yes') add({ field: collection.sort, descending: false });
  for (const field of collection.key) add({ field, descending: false });
  return order;
}

function orderTerm(collection: Collection, term: RequestedOrder, visible: Visibility): Order {
  const [name = ''] = term.path;
  const field = term.path.length === 1 ? collection.fields.get(name) : undefined;
  if (field && visible.field(field) === 'yes' && !field.secret) return { field, descending: term.descending };
  if (!field && term.path.length === 1 && (collection.relations.has(name) || collection.aliases.has(name))) {
    throw new GatewayError('unprocessable', { message: `Unable to sort by "${name}" field because it is an alias.` });
  }
  throw new GatewayError('unknown_field', { field: `${term.descending ? '-' : ''}${term.path.join('.')}`, collection: collection.name });
}

/** A nested read with nothing asked but its outputs. */
export function nestedRead(
  collection: Collection,
  template: ReadQuery['template'],
  visible: Visibility,
  where: Filter = always,
): ReadQuery {
  return {
    collection,
    template,
    where,
    order: bindOrder(collection, undefined, visible),
    offset: 0,
    counts: { filtered: false, total: false, byStatus: false },
  };
}
