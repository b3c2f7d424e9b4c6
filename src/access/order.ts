/** The rules of orders: a related row that may not be read, or whose field may not be, orders like none. */
import { GatewayError } from '../lib/errors.ts';
import { allOf, always } from '../query/filters.ts';
import type { ListStep, Order, OrderStep } from '../query/types.ts';
import type { Collection } from '../schema/types.ts';
import { authoriseFilter } from './filter.ts';
import { authoriseRelation, demand, type Guard, narrow } from './guard.ts';

/** Writes the rules into the steps of each term. Throws `unknown_field` for a term that tells what may not be read. */
export function authoriseOrder(order: readonly Order[], collection: Collection, guard: Guard): readonly Order[] {
  // Equal beginnings are one object, so that they become one join.
  const shared = new Map<string, OrderStep>();
  return order.map((term) =>
    term.lists
      ? throughLists(term, term.lists, collection, guard)
      : term.via
        ? throughRelations(term, term.via, collection, guard, shared)
        : ofRow(term, collection, guard),
  );
}

function ofRow(term: Order, collection: Collection, guard: Guard): Order {
  if (demand(collection, guard).field(term.field) === 'yes' || term.field.primaryKey) return term;
  throw unknown(term, collection);
}

/** Writes the rules into a step by itself. Throws `unknown_field` for one that leads to what may not be read. */
export function authoriseStep(step: ListStep, collection: Collection, guard: Guard): ListStep {
  const related = authoriseRelation(step.relation, guard);
  const grant = guard.grant(step.collection);
  if (!related || !grant) throw new GatewayError('unknown_field', { field: step.relation.name, collection: collection.name });
  return { ...step, where: allOf([step.where, related.target, grant.rows()]), own: allOf([step.own, related.own]) };
}

const unknown = (term: Order, collection: Collection): GatewayError =>
  new GatewayError('unknown_field', {
    field: [...(term.lists ?? term.via ?? []).map((step) => step.relation.name), term.field.name].join('.'),
    collection: collection.name,
  });

function throughRelations(
  term: Order,
  steps: readonly OrderStep[],
  collection: Collection,
  guard: Guard,
  shared: Map<string, OrderStep>,
): Order {
  const names: string[] = [];
  const target = steps[steps.length - 1]?.collection ?? collection;
  const hiddenIn = guard.grant(target)?.field(term.field) === 'some';
  const via = steps.map((step, i) => {
    names.push(step.relation.name);
    const narrowed = hiddenIn && i === steps.length - 1;
    const key = JSON.stringify(narrowed ? [names, term.field.name] : names);
    const known = shared.get(key);
    if (known) return known;
    const related = authoriseRelation(step.relation, guard);
    const grant = guard.grant(step.collection);
    if (!related || !grant) throw unknown(term, collection);
    const readable = i === steps.length - 1 ? narrow([term.field], step.collection, guard) : always;
    const made = { ...step, where: allOf([step.where, grant.rows(), related.target, readable]), own: allOf([step.own, related.own]) };
    shared.set(key, made);
    return made;
  });
  narrow([term.field], target, guard);
  return { ...term, via };
}

/** Rows that may not be read, and those in which the field may not be, are none of those that are compared. */
function throughLists(term: Order, steps: readonly ListStep[], collection: Collection, guard: Guard): Order {
  const lists = steps.map((step, i) => {
    const related = authoriseRelation(step.relation, guard);
    const grant = guard.grant(step.collection);
    if (!related || !grant) throw unknown(term, collection);
    const visible = i === steps.length - 1 ? narrow([term.field], step.collection, guard) : always;
    return {
      ...step,
      where: allOf([authoriseFilter(step.where, step.collection, guard), grant.rows(), related.target, visible]),
      own: allOf([step.own, related.own]),
      ...(related.through ? { through: related.through } : {}),
    };
  });
  return { ...term, lists };
}
