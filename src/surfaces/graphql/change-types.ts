/** Subscriptions: a field for each collection whose changes the caller may be told of, and what it tells. */
import { GraphQLEnumType, type GraphQLFieldConfigMap, GraphQLID, GraphQLList, GraphQLNonNull, GraphQLString } from 'graphql';
import { isFed } from '../../changes/caller-changes.ts';
import { changeEvents } from '../../changes/types.ts';
import type { Collection } from '../../schema/types.ts';
import { described, type Parts } from './parts.ts';
import type { RootMeaning } from './types.ts';

type Fields = GraphQLFieldConfigMap<unknown, unknown>;

export const changeEventType = new GraphQLEnumType({
  name: 'ChangeEvent',
  description: 'create: the row is new, or was out of your sight. delete: it is gone, or out of your sight now.',
  values: Object.fromEntries(changeEvents.map((event) => [event, { value: event }])),
});

/** Whether there are subscriptions to the collection. */
export function isTold(collection: Collection, { visible }: Parts): boolean {
  return isFed(collection, visible);
}

/** The fields of a change: what happened, to which row, and the row as it is now. */
export function changeFields(collection: Collection, parts: Parts): Fields {
  return {
    event: { type: new GraphQLNonNull(changeEventType) },
    key: { type: new GraphQLNonNull(GraphQLID) },
    data: { type: parts.object(collection.name, 'Item'), description: 'The row as it is now; null when it is gone.' },
    position: { type: new GraphQLNonNull(GraphQLString), description: 'Where to go on by "after".' },
    activity: { type: GraphQLID, description: 'The entry of the activity, for those who may read that.' },
  };
}

/** The subscription to a collection's changes. */
export function subscriptionsOf(collection: Collection, parts: Parts): Fields {
  const names = parts.names.get(collection.name);
  if (!names || !isTold(collection, parts)) return {};
  const meaning: RootMeaning = { does: 'changes', collection, item: parts.object(collection.name, 'Item') };
  return {
    [names.mutated]: {
      type: parts.object(collection.name, 'Change'),
      args: {
        event: { type: new GraphQLList(new GraphQLNonNull(changeEventType)), description: 'These alone.' },
        key: { type: new GraphQLList(new GraphQLNonNull(GraphQLID)), description: 'Rows of these keys alone.' },
        filter: { type: parts.input(collection.name, 'Filter') },
        where: { type: parts.input(collection.name, 'Where') },
        after: { type: GraphQLString, description: 'The position to go on from; without one only what comes now is told.' },
      },
      extensions: { meaning },
      ...described(collection.name),
    },
  };
}
