/** Nested reads: what is asked of the rows a relation leads to (their filter, text, order and page) beside their fields. */
import { GatewayError } from '../lib/errors.ts';
import type { Collection, Relation } from '../schema/types.ts';
import { bindFilter } from './bind-filter.ts';
import type { BindContext } from './context.ts';
import { allOf, always } from './filters.ts';
import { bindOrder } from './order.ts';
import { searchFilter } from './search.ts';
import type { Filter, ReadQuery, RequestedNested, Template } from './types.ts';

export type NestedMap = ReadonlyMap<string, RequestedNested>;

/** The read of a relation's rows; `where` is what the request as a whole asks of them. */
export function nestedRead(
  relation: Relation,
  collection: Collection,
  template: Template,
  asked: RequestedNested | undefined,
  context: BindContext,
  where: Filter = always,
): ReadQuery {
  const many = relation.kind !== 'm2o';
  if (asked && !many) refuseListArguments(relation, asked);
  checkArguments(collection, template, asked?.nested, context);
  const conditions = [where];
  if (asked?.where) conditions.push(bindFilter(collection, asked.where, context));
  if (asked?.search !== undefined) conditions.push(searchFilter(collection, asked.search, context));
  const { nestedRows } = context.limits;
  return {
    collection,
    template,
    where: allOf(conditions),
    order: asked?.order === 'random' ? 'random' : bindOrder(collection, asked?.order, context),
    offset: asked?.offset ?? 0,
    ...(asked?.limit === undefined ? {} : { limit: asked.limit }),
    ...(many && asked?.limit === undefined && nestedRows !== Number.POSITIVE_INFINITY ? { most: nestedRows } : {}),
    counts: { filtered: false, total: false, byStatus: false },
  };
}

function refuseListArguments(relation: Relation, asked: RequestedNested): void {
  for (const name of ['limit', 'offset', 'order'] as const) {
    if (asked[name] === undefined) continue;
    const word = name === 'order' ? 'sort' : name;
    throw new GatewayError('unprocessable', { message: `"${relation.name}" leads to one row; ${word} is for relations to several` });
  }
}

/** Throws for arguments of what is no relation for the caller, of what may not be read, and of what the selection does not expand. */
export function checkArguments(collection: Collection, template: Template, nested: NestedMap | undefined, { visible }: BindContext): void {
  for (const name of nested?.keys() ?? []) {
    const relation = collection.relations.get(name);
    if (!relation || !visible.relation(relation)) throw new GatewayError('unknown_field', { field: name, collection: collection.name });
    const output = template.get(name);
    if (output?.is === 'relation') continue;
    if (output?.is === 'stub' || output?.is === 'denied') throw new GatewayError('related_denied', { field: name });
    throw new GatewayError('unprocessable', {
      message: `The arguments of "${name}" would have no effect, since its rows are not asked for; add "${name}.*" to the fields`,
    });
  }
}
