/** Turns requested groups and aggregates into bound ones: every name resolved against the schema and what the caller may see. */
import type { DatePart } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Clock } from '../schema/field-types.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { aggregateFunctions, dateParts, distinguishes } from './aggregates.ts';
import { bindRows, collectionOf, pageOf } from './bind.ts';
import { isComparable } from './comparable.ts';
import type { BindContext } from './context.ts';
import { checkAggregateLimits, type Limits, outputCounter } from './limits.ts';
import { type OrderContext, orderStep } from './order.ts';
import type {
  AggregateOrder,
  AggregateQuery,
  Group,
  Measure,
  OrderStep,
  RequestedAggregate,
  RequestedGroup,
  RequestedMeasure,
  RequestedOrder,
  Visibility,
} from './types.ts';

/**
 * Binds groups and aggregates. Throws unknown_collection, unknown_field for what is not visible, unprocessable for what a function or a
 * group cannot work on, limit_exceeded, and what `bindRows` throws.
 */
export function bindAggregate(request: RequestedAggregate, schema: Schema, visible: Visibility, limits: Limits, at: Clock): AggregateQuery {
  checkAggregateLimits(request, limits);
  const collection = collectionOf(schema, request.collection);
  const context: BindContext = { schema, visible, limits, count: outputCounter(limits), at, stubs: false };
  const measures = bindMeasures(request.measures, collection, visible);
  const groups = bindGroups(request.groups, measures, collection, context);
  if (groups.length === 0 && measures.length === 0) throw new GatewayError('unprocessable', { message: 'Nothing is to be worked out' });
  return {
    collection,
    groups,
    measures,
    where: bindRows(collection, request, context).where,
    order: bindOrder(request.order ?? [], groups, measures),
    offset: request.offset,
    ...pageOf(request, limits),
    ...(request.statuses === undefined ? {} : { statuses: request.statuses }),
  };
}

/** A field that is hidden in all rows, or secret, is unknown. */
function fieldOf(collection: Collection, name: string, visible: Visibility): Field {
  const field = collection.fields.get(name);
  if (field && !field.secret && isComparable(visible.field(field))) return field;
  const relation = field ? undefined : collection.relations.get(name);
  if ((relation && visible.relation(relation)) || (!field && collection.aliases.has(name))) {
    throw new GatewayError('unprocessable', {
      message: `"${name}" has no values of its own, so there is nothing to group or to aggregate`,
    });
  }
  throw new GatewayError('unknown_field', { field: name, collection: collection.name });
}

/** The same asked twice is one. */
function bindMeasures(asked: readonly RequestedMeasure[], collection: Collection, visible: Visibility): Measure[] {
  const measures: Measure[] = [];
  for (const one of asked) {
    const measure = bindMeasure(one, collection, visible);
    if (!measures.some((other) => other.function === measure.function && other.field === measure.field)) measures.push(measure);
  }
  return measures;
}

function bindMeasure(asked: RequestedMeasure, collection: Collection, visible: Visibility): Measure {
  const definition = aggregateFunctions.find((one) => one.id === asked.function);
  if (!definition) {
    const known = aggregateFunctions.map((one) => one.id).join(', ');
    throw new GatewayError('unprocessable', { message: `Unknown aggregate function "${asked.function}"; there are ${known}` });
  }
  const { id } = definition;
  if (id === 'count' && asked.field === '*') return { function: id };
  const field = fieldOf(collection, asked.field, visible);
  if (!definition.takes(field)) {
    throw new GatewayError('unprocessable', { message: `${id} works ${definition.works}, which "${field.name}" does not hold` });
  }
  return { function: id, field };
}

function bindGroups(
  asked: readonly RequestedGroup[],
  measures: readonly Measure[],
  collection: Collection,
  context: OrderContext,
): Group[] {
  const groups: Group[] = [];
  for (const one of asked) {
    const group = bindGroup(one, collection, context);
    const known = groups.find((other) => other.as === group.as);
    if (!known) groups.push(group);
    else if (known.field !== group.field || known.part !== group.part) clash(group.as);
  }
  for (const { as } of groups) if (measures.some((measure) => measure.function === as)) clash(as);
  return groups;
}

function clash(name: string): never {
  throw new GatewayError('unprocessable', {
    message: `Two things in each row of the answer would be called "${name}"; ask for one of them`,
  });
}

function bindGroup(asked: RequestedGroup, collection: Collection, context: OrderContext): Group {
  const names = [...asked.path];
  const last = names.pop() ?? '';
  const via: OrderStep[] = [];
  let here = collection;
  for (const name of names) {
    const step = stepOf(here, name, context);
    via.push(step);
    here = step.collection;
  }
  const field = fieldOf(here, last, context.visible);
  const group = { as: asked.as, field, ...(via.length > 0 ? { via } : {}) };
  if (asked.part !== undefined) return { ...group, part: partOf(asked.part, field) };
  if (!distinguishes(field)) {
    throw new GatewayError('unprocessable', { message: `Rows cannot be grouped by "${field.name}": it holds no single values` });
  }
  return group;
}

/** Throws `unknown_path` for what does not exist for the caller. */
function stepOf(collection: Collection, name: string, context: OrderContext): OrderStep {
  const relation = collection.relations.get(name);
  if (relation && relation.kind !== 'm2o' && context.visible.relation(relation)) {
    throw new GatewayError('unprocessable', { message: `Rows cannot be grouped through "${name}": it leads to several rows` });
  }
  const step = orderStep(collection, name, context);
  if (!step) throw new GatewayError('unknown_path', { field: name });
  return step;
}

function partOf(name: string, field: Field): DatePart {
  const part = dateParts.get(name);
  if (!part) {
    throw new GatewayError('unprocessable', { message: `Unknown part of a date "${name}"; there are ${[...dateParts.keys()].join(', ')}` });
  }
  if (!part.of.has(field.storage)) throw new GatewayError('unprocessable', { message: `"${field.name}" has no ${name}` });
  return part.id;
}

/** The order asked for, its ties broken by the groups. */
function bindOrder(asked: readonly RequestedOrder[], groups: readonly Group[], measures: readonly Measure[]): AggregateOrder[] {
  const order: AggregateOrder[] = [];
  const add = (term: AggregateOrder): void => {
    if (!order.some((other) => other.of === term.of && other.at === term.at)) order.push(term);
  };
  for (const { path, descending } of asked) add({ ...termOf(path.join('.'), groups, measures), descending });
  groups.forEach((_, at) => {
    add({ of: 'groups', at, descending: false });
  });
  return order;
}

function termOf(name: string, groups: readonly Group[], measures: readonly Measure[]): Pick<AggregateOrder, 'of' | 'at'> {
  const group = groups.findIndex(({ as }) => as === name);
  if (group !== -1) return { of: 'groups', at: group };
  const measure = measures.findIndex((one) => [`${one.function}.${one.field?.name ?? '*'}`, one.field ? '' : one.function].includes(name));
  if (measure !== -1) return { of: 'measures', at: measure };
  throw new GatewayError('unprocessable', {
    message: `Groups cannot be sorted by "${name}": it is neither one of the groups nor one of the aggregates asked for`,
  });
}
