/** A root field that groups rows: what is selected says by what, and what is worked out. */

import type { GraphQLObjectType } from 'graphql';
import type { AggregateResult } from '../../engine/aggregate.ts';
import { eachMember } from '../../lib/json-members.ts';
import type { RequestedAggregate, RequestedGroup, RequestedMeasure } from '../../query/types.ts';
import { argumentsOf, type Operation, type Selected, selectionsOf } from './selections.ts';
import { objectOf, type Text } from './texts.ts';
import { type Asking, askedRows } from './to-read.ts';
import { itemMeaning, type RootMeaning } from './types.ts';

export interface PlannedAggregate {
  readonly request: RequestedAggregate;
  readonly value: (result: AggregateResult) => Text;
  readonly rows: number;
}

/** The members of a JSON object by their keys, as texts. */
type Members = ReadonlyMap<string, string>;
type Value = (group: Members) => Text;

function membersOf(text: string | undefined): Members {
  const members = new Map<string, string>();
  if (text?.startsWith('{')) {
    eachMember(text, (key, value) => {
      members.set(String(JSON.parse(`"${key}"`)), value);
      return undefined;
    });
  }
  return members;
}

function objectType({ field }: Selected): GraphQLObjectType {
  const type = field?.type;
  return (type && 'ofType' in type ? (type.ofType as { ofType?: unknown }).ofType : type) as GraphQLObjectType;
}

/** Plans the groups of a collection. */
export function planAggregate(
  operation: Operation,
  asking: Asking,
  meaning: Extract<RootMeaning, { does: 'list' | 'item' | 'connection' | 'aggregate' }>,
  selected: Selected,
): PlannedAggregate {
  const groups: RequestedGroup[] = [];
  const measures: RequestedMeasure[] = [];
  const type = objectType(selected);
  const members = selectionsOf(operation, type, selected).map((one): [string, Value] => {
    if (one.name === '__typename') return [one.key, () => JSON.stringify(type.name)];
    if (one.name === 'group') return [one.key, groupValue(operation, one, groups)];
    if (one.name !== 'count') return [one.key, measureValue(operation, one, measures)];
    measures.push({ function: 'count', field: '*' });
    return [one.key, (group) => membersOf(group.get('count')).get('*') ?? group.get('count') ?? 'null'];
  });
  if (measures.length === 0 && groups.length === 0) measures.push({ function: 'count', field: '*' });
  const args = argumentsOf(operation, selected);
  const {
    selection: _,
    template: __,
    stubs: ___,
    keys: ____,
    languages: _____,
    nested: ______,
    ...asked
  } = askedRows(asking, meaning, selected, args);
  const order = asked.order === 'random' ? undefined : asked.order;
  return {
    request: { ...asked, order: order ?? [], groups, measures },
    value: ({ texts }) => `[${texts.map((text) => objectOf(members.map(([key, value]) => [key, value(membersOf(text))]))).join(',')}]`,
    rows: asked.limit ?? asking.limits.pageRows,
  };
}

function groupValue(operation: Operation, selected: Selected, groups: RequestedGroup[]): Value {
  const type = selected.field?.type as GraphQLObjectType;
  const members = selectionsOf(operation, type, selected).map((one): [string, Value] => {
    const meaning = one.field && itemMeaning(one.field);
    if (!meaning || meaning.is === 'file') return [one.key, () => JSON.stringify(type.name)];
    const { part } = argumentsOf(operation, one);
    const as = `group ${groups.length}`;
    groups.push({ as, path: [meaning.name], ...(typeof part === 'string' ? { part } : {}) });
    return [one.key, (group) => group.get(as) ?? 'null'];
  });
  return (group) => objectOf(members.map(([key, value]) => [key, value(group)]));
}

function measureValue(operation: Operation, selected: Selected, measures: RequestedMeasure[]): Value {
  const of = selected.name === 'countOf' ? 'count' : selected.name;
  const type = selected.field?.type as GraphQLObjectType;
  const members = selectionsOf(operation, type, selected).map((one): [string, Value] => {
    const meaning = one.field && itemMeaning(one.field);
    if (!meaning || meaning.is === 'file') return [one.key, () => JSON.stringify(type.name)];
    measures.push({ function: of, field: meaning.name });
    return [one.key, (given) => given.get(meaning.name) ?? 'null'];
  });
  return (group) => {
    const given = membersOf(group.get(of));
    return objectOf(members.map(([key, value]) => [key, value(given)]));
  };
}
