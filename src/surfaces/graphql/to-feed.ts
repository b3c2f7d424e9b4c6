/** A subscription as a wish of the change feed, and what is told as the field's value. */

import { OperationTypeNode } from 'graphql';
import type { FeedEvent, FeedSelection } from '../../changes/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { eachMember } from '../../lib/json-members.ts';
import type { Understood } from './documents.ts';
import { checkComplexity } from './guards.ts';
import { argumentsOf, rootSelections, type Selected, selectionsOf } from './selections.ts';
import type { GraphqlLimits } from './settings.ts';
import { objectOf, type Text } from './texts.ts';
import { filterAmong, shapeOf } from './to-template.ts';
import { rootMeaning } from './types.ts';

export interface PlannedFeed {
  readonly collection: string;
  readonly wish: FeedSelection;
  readonly after: string | undefined;
  /** The whole payload of one change. */
  readonly payload: (told: FeedEvent) => Text;
}

const textsOf = (value: unknown): ReadonlySet<string> | undefined => (Array.isArray(value) ? new Set(value.map(String)) : undefined);

/** Plans the one root field of a subscription. Throws GatewayError and GraphQLError for what is asked wrongly. */
export function planFeed(operation: Understood, limits: GraphqlLimits): PlannedFeed {
  const type = operation.schema.getSubscriptionType();
  const [root] = type && operation.node.operation === OperationTypeNode.SUBSCRIPTION ? rootSelections(operation, type) : [];
  const meaning = root?.field && rootMeaning(root.field);
  if (!root || meaning?.does !== 'changes')
    throw new GatewayError('bad_request', { message: 'A subscription asks for the changes of one collection' });
  const args = argumentsOf(operation, root);
  const { event, key, after } = args;
  const change = typeOf(root);
  const members = selectionsOf(operation, change, root);
  const items = members.filter(({ name }) => name === 'data').map((one) => [one.key, shapeOf(operation, meaning.item, one)] as const);
  checkComplexity(1 + items.reduce((sum, [, { rows }]) => sum + rows, 0), limits);
  const [only] = items;
  const single = items.length === 1 ? only?.[1].template : undefined;
  // Several shapes of the row are members of one.
  const template = single ?? new Map(items.map(([name, { template: of }]) => [name, { is: 'group' as const, of }]));
  const where = filterAmong(root.field, args);
  const events = textsOf(event);
  const keys = textsOf(key);
  return {
    collection: meaning.collection.name,
    wish: { template, ...(where ? { where } : {}), ...(events ? { events } : {}), ...(keys ? { keys } : {}) },
    after: typeof after === 'string' && after !== '' ? after : undefined,
    payload: (told) => {
      const value = objectOf(members.map((one) => [one.key, memberText(one, told, change.name, single === undefined)]));
      return objectOf([['data', objectOf([[root.key, value]])]]);
    },
  };
}

/** One of the shapes of a row. */
function memberOf(item: string, wanted: string): string {
  let found = 'null';
  eachMember(item, (name, value) => {
    if (JSON.parse(`"${name}"`) !== wanted) return undefined;
    found = value;
    return true;
  });
  return found;
}

function typeOf({ field }: Selected) {
  const type = field?.type;
  if (!type || !('getFields' in type) || 'getInterfaces' in type === false) throw new Error('A change is an object');
  return type as Parameters<typeof selectionsOf>[1];
}

function memberText({ name, key }: Selected, told: FeedEvent, typeName: string, grouped: boolean): Text {
  switch (name) {
    case 'data':
      return told.item === undefined ? 'null' : grouped ? memberOf(told.item, key) : told.item;
    case 'event':
      return JSON.stringify(told.event);
    case 'key':
      return JSON.stringify(told.key);
    case 'position':
      return JSON.stringify(told.position);
    case 'activity':
      return told.activity === undefined ? 'null' : JSON.stringify(String(told.activity));
    default:
      return JSON.stringify(typeName);
  }
}
