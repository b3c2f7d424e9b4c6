/** Authorises groups and aggregates: they see what a list of the same rows would show, field by field. */
import { GatewayError } from '../lib/errors.ts';
import { isComparable } from '../query/comparable.ts';
import type { AggregateQuery, Filter, Order, Visibility } from '../query/types.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { demand, type Guard, guardOf, visibilityOf } from './guard.ts';
import { authoriseOrder } from './order.ts';
import { authoriseRows, statusRows } from './read.ts';
import type { Actor, Authorized, Rules } from './types.ts';

export interface AggregateAccess {
  readonly visible: Visibility;
  /** Writes the rules into bound groups and aggregates. Throws `read_denied` when the collection may not be read at all. */
  authorise(query: AggregateQuery): Authorized<AggregateQuery>;
}

/** The access of one actor under one version of schema and rules. */
export function aggregateAccess(schema: Schema, rules: Rules, actor: Actor): AggregateAccess {
  const guard = guardOf(schema, rules, actor);
  return { visible: visibilityOf(guard), authorise: (query) => authorise(query, guard) as Authorized<AggregateQuery> };
}

function authorise(query: AggregateQuery, guard: Guard): AggregateQuery {
  const { collection } = query;
  const grant = demand(collection, guard);
  const { rows } = statusRows(query, grant);
  return {
    ...query,
    groups: authoriseGroups(query.groups, collection, guard),
    measures: query.measures.map((measure) => (measure.field ? { ...measure, ...visibleRows(measure.field, collection, guard) } : measure)),
    where: authoriseRows(query.where, rows, collection, guard),
  };
}

/** Those through relations go by the rules of orders: together, so that equal ways stay one. */
function authoriseGroups(groups: AggregateQuery['groups'], collection: Collection, guard: Guard): AggregateQuery['groups'] {
  const ways = groups.flatMap(({ field, via }): Order[] => (via ? [{ field, via, descending: false }] : []));
  const authorised = authoriseOrder(ways, collection, guard);
  let next = 0;
  return groups.map((group) => {
    if (!group.via) return { ...group, ...visibleRows(group.field, collection, guard) };
    const via = authorised[next++]?.via ?? group.via;
    return { ...group, via };
  });
}

/** The rows in which the field may be read, where that is not all of them. Throws `unknown_field` for one that is never told. */
function visibleRows(field: Field, collection: Collection, guard: Guard): { visible?: Filter } {
  const grant = demand(collection, guard);
  const readable = field.secret ? 'no' : grant.field(field);
  if (!isComparable(readable)) throw new GatewayError('unknown_field', { field: field.name, collection: collection.name });
  return readable === 'yes' ? {} : { visible: grant.rowsOf(field) };
}
