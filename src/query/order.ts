/** Orders, asked for and by default: by fields of the row itself, of a row that relations lead to, or of the first of several. */
import { GatewayError } from '../lib/errors.ts';
import { pointForm } from '../schema/points.ts';
import type { Collection, Schema } from '../schema/types.ts';
import { bindFilter } from './bind-filter.ts';
import { isComparable } from './comparable.ts';
import type { BindContext } from './context.ts';
import { always } from './filters.ts';
import type { ListStep, Order, OrderStep, RequestedOrder, Visibility } from './types.ts';

export interface OrderContext {
  readonly schema: Schema;
  readonly visible: Visibility;
}

/** The order asked for, or the collection's own: its sort field, then always its key (directus8-data §5.3). */
export function bindOrder(collection: Collection, asked: readonly RequestedOrder[] | undefined, context: BindContext): Order[] {
  const order: Order[] = [];
  const add = (term: Order): void => {
    if (!order.some((other) => sameTerm(other, term))) order.push(term);
  };
  if (asked && asked.length > 0) for (const term of asked) add(orderTerm(collection, term, context));
  else if (collection.sort && context.visible.field(collection.sort) === 'yes') add({ field: collection.sort, descending: false });
  for (const field of collection.key) add({ field, descending: false });
  return order;
}

function sameTerm(a: Order, b: Order): boolean {
  if (a.lists || b.lists) return false;
  const [from, to] = [a.via ?? [], b.via ?? []];
  return (
    a.field === b.field && a.from === b.from && from.length === to.length && from.every((step, i) => step.relation === to[i]?.relation)
  );
}

function orderTerm(collection: Collection, term: RequestedOrder, context: BindContext): Order {
  const found = fieldTerm(collection, term, context);
  const order = term.nulls && !found.lists ? { ...found, nulls: term.nulls } : found;
  if (!term.from) return order;
  if (!pointForm(order.field)) throw new GatewayError('unprocessable', { message: `"${order.field.name}" holds no points` });
  return { ...order, from: term.from, emptyLast: true };
}

function fieldTerm(collection: Collection, term: RequestedOrder, context: BindContext): Order {
  const unknown = (): GatewayError =>
    new GatewayError('unknown_field', { field: `${term.descending ? '-' : ''}${term.path.join('.')}`, collection: collection.name });
  if (term.lists && (term.lists.where || leadsToSeveral(collection, term.path, context))) {
    return listTerm(collection, term, term.lists, context);
  }
  const names = [...term.path];
  const last = names.pop() ?? '';
  const via: OrderStep[] = [];
  let here = collection;
  for (const name of names) {
    const step = orderStep(here, name, context);
    if (!step) throw unknown();
    via.push(step);
    here = step.collection;
  }
  const field = here.fields.get(last);
  const readable = field && !field.secret ? context.visible.field(field) : 'no';
  // A field that is hidden in some rows is NULL there when it belongs to a related row; of the row itself it orders nothing.
  if (field && readable === 'yes') return { field, descending: term.descending, ...(via.length > 0 ? { via } : {}) };
  if (field && readable === 'some' && via.length > 0) return { field, descending: term.descending, via };
  const relation = here.relations.get(last);
  if (!field && (here.aliases.has(last) || (relation && context.visible.relation(relation)))) {
    throw new GatewayError('unprocessable', { message: `Unable to sort by "${last}" field because it is an alias.` });
  }
  throw unknown();
}

/** Whether a list is among the relations on the way. */
function leadsToSeveral(collection: Collection, path: readonly string[], context: OrderContext): boolean {
  let here = collection;
  for (const name of path.slice(0, -1)) {
    const step = listStep(here, name, context);
    if (!step) return false;
    if (step.relation.kind !== 'm2o') return true;
    here = step.collection;
  }
  return false;
}

/** Undefined for what does not exist for the caller. Throws `unprocessable` for a list. */
export function orderStep(collection: Collection, name: string, { schema, visible }: OrderContext): OrderStep | undefined {
  const relation = collection.relations.get(name);
  const target = relation && schema.collections.get(relation.to);
  if (!relation || !target || !visible.relation(relation) || !visible.collection(target)) return undefined;
  if (relation.kind === 'm2o') return { relation, collection: target, where: always, own: always };
  throw new GatewayError('unprocessable', {
    message: `Unable to sort through "${name}": it leads to several rows, and a row can be sorted by one only.`,
  });
}

/** Throws `unknown_field` for a name that does not exist for the caller, and for a value that is told in no row. */
function listTerm(
  collection: Collection,
  { path, descending }: RequestedOrder,
  { where, emptyLast }: NonNullable<RequestedOrder['lists']>,
  context: BindContext,
): Order {
  const unknown = (): GatewayError => new GatewayError('unknown_field', { field: path.join('.'), collection: collection.name });
  const names = [...path];
  const last = names.pop() ?? '';
  const lists: ListStep[] = [];
  let here = collection;
  for (const [i, name] of names.entries()) {
    const step = listStep(here, name, context);
    if (!step) throw unknown();
    const isLast = i === names.length - 1;
    lists.push(where && isLast ? { ...step, where: bindFilter(step.collection, where, context) } : step);
    here = step.collection;
  }
  const field = here.fields.get(last);
  const readable = field && !field.secret ? context.visible.field(field) : 'no';
  if (!field || !isComparable(readable)) throw unknown();
  return { field, descending, via: [], lists, ...(emptyLast ? { emptyLast } : {}) };
}

/** A step to one row or several; undefined for what does not exist for the caller. */
export function listStep(collection: Collection, name: string, { schema, visible }: OrderContext): ListStep | undefined {
  const relation = collection.relations.get(name);
  const target = relation && schema.collections.get(relation.to);
  const through = relation?.kind === 'm2m' ? schema.collections.get(relation.through) : target;
  if (!relation || !target || !through || !visible.relation(relation)) return undefined;
  if (!visible.collection(target) || !visible.collection(through)) return undefined;
  return { relation, collection: target, where: always, own: always };
}
