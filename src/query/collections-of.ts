/** Which collections a bound read speaks of. */
import type { Collection, Schema } from '../schema/types.ts';
import type { AggregateQuery, Filter, OrderStep, ReadQuery, Template } from './types.ts';

type Take = (collection: Collection) => void;

function ofFilter(filter: Filter, take: Take): void {
  switch (filter.is) {
    case 'all':
    case 'any':
      for (const part of filter.of) ofFilter(part, take);
      return;
    case 'not':
      ofFilter(filter.of, take);
      return;
    case 'byValue':
      for (const part of filter.of.values()) ofFilter(part, take);
      return;
    case 'among':
      ofFilter(filter.of, take);
      ofFilter(filter.where, take);
      return;
    case 'named':
    case 'some':
    case 'count':
      take(filter.collection);
      ofFilter(filter.where, take);
      return;
    default:
  }
}

function ofSteps(steps: readonly OrderStep[] | undefined, take: Take): void {
  for (const { collection } of steps ?? []) take(collection);
}

function ofTemplate(template: Template, schema: Schema, take: Take): void {
  for (const output of template.values()) {
    if (output.is === 'group') ofTemplate(output.of, schema, take);
    if (output.is === 'denied') ofName(output.collection, schema, take);
    if (output.is === 'stub') ofName(output.denied, schema, take);
    if (output.is !== 'relation') continue;
    if (output.relation.kind === 'm2m') ofName(output.relation.through, schema, take);
    ofRead(output.query, schema, take);
  }
}

function ofName(name: string, schema: Schema, take: Take): void {
  const collection = schema.collections.get(name);
  if (collection) take(collection);
}

function ofRead(query: ReadQuery, schema: Schema, take: Take): void {
  take(query.collection);
  ofTemplate(query.template, schema, take);
  ofFilter(query.where, take);
  if (query.each) take(query.each.collection);
  if (query.order === 'random') return;
  for (const { via, lists } of query.order) {
    ofSteps(via, take);
    for (const { relation, collection, where } of lists ?? []) {
      if (relation.kind === 'm2m') ofName(relation.through, schema, take);
      take(collection);
      ofFilter(where, take);
    }
  }
}

/** Each once, the one that is read first. */
export function collectionsOfRead(query: ReadQuery, schema: Schema): readonly Collection[] {
  const found = new Set<Collection>();
  ofRead(query, schema, (collection) => found.add(collection));
  return [...found];
}

/** The same of groups and aggregates. */
export function collectionsOfAggregate({ collection, where, groups }: AggregateQuery): readonly Collection[] {
  const found = new Set([collection]);
  const take: Take = (one) => found.add(one);
  ofFilter(where, take);
  for (const { via } of groups) ofSteps(via, take);
  return [...found];
}
