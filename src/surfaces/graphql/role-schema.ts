/** The GraphQL schema of a caller: what may be read and written, and nothing that tells of anything else. */
import {
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { tellsFileData } from '../../query/file-data.ts';
import type { Collection } from '../../schema/types.ts';
import { changeEventType, changeFields, isTold, subscriptionsOf } from './change-types.ts';
import { thumbnailType } from './file-fields.ts';
import { flatFilter, toManyFilter, toOneFilter, typedFilter } from './filter-types.ts';
import { operatorName } from './operator-types.ts';
import { described, type Makers, makeParts, type Parts, type State } from './parts.ts';
import {
  aggregatedFields,
  connectionFields,
  countFields,
  edgeFields,
  extremeFields,
  groupFields,
  hasPart,
  itemFields,
  itemInterfaces,
  listFields,
  metadataType,
  nodeType,
  numberFields,
  pageInfoType,
  referenceArguments,
  rootArguments,
} from './read-types.ts';
import { bigInt, bytes, date, dateTime, datetime, decimal, float, json, time, uuid } from './scalars.ts';
import type { RootMeaning } from './types.ts';
import {
  commentMutations,
  deletedType,
  grantedWrites,
  manyFields,
  mutationsOf,
  oneFields,
  writtenFields,
  writtenType,
} from './write-types.ts';

const makers: Makers = {
  objects: {
    '': listFields,
    Item: itemFields,
    Connection: connectionFields,
    Edge: edgeFields,
    Aggregated: aggregatedFields,
    Group: groupFields,
    Counts: countFields,
    Numbers: numberFields,
    Extremes: extremeFields,
    Change: changeFields,
  },
  inputs: {
    Filter: flatFilter,
    Where: typedFilter,
    WhereOne: toOneFilter,
    WhereMany: toManyFilter,
    Create: writtenFields,
    Update: writtenFields,
    One: oneFields,
    Many: manyFields,
  },
  interfaces: itemInterfaces,
  has: (part, collection, parts) => (part === 'Change' ? isTold(collection, parts) : hasPart(part, collection, parts)),
};

const fixed: readonly GraphQLNamedType[] = [
  bigInt,
  decimal,
  float,
  dateTime,
  datetime,
  date,
  time,
  uuid,
  bytes,
  json,
  metadataType,
  nodeType,
  pageInfoType,
  writtenType,
  deletedType,
  changeEventType,
];
const builtIn = ['Query', 'Mutation', 'Subscription', 'Int', 'String', 'Boolean', 'ID'];
/** There where a role may see files. */
const offered: readonly GraphQLNamedType[] = [thumbnailType];
const operatorNames = [...fixed.map(({ name }) => name), ...builtIn].flatMap((name) => [operatorName(name), operatorName(name, true)]);
const taken = [...builtIn, ...[...fixed, ...offered].map(({ name }) => name), ...operatorNames];

type RootFields = GraphQLFieldConfigMap<unknown, unknown>;

const meant = (meaning: RootMeaning) => ({ extensions: { meaning } });

/** How rows of a collection are asked for: as a list, by key, in pages that follow each other, in groups. */
function queriesOf(collection: Collection, parts: Parts): RootFields {
  const { name } = collection;
  const names = parts.names.get(name);
  if (!names) return {};
  const item = parts.object(name, 'Item');
  const args = rootArguments(collection, parts);
  const { limit, offset, ...which } = args;
  const fields: RootFields = {
    [names.field]: {
      type: parts.object(name, ''),
      args: { ...args, ...referenceArguments(collection, parts) },
      ...meant({ does: 'list', collection, item }),
      ...described(name, collection.comment ?? collection.meta?.note),
    },
    [names.aggregated]: {
      type: new GraphQLList(new GraphQLNonNull(parts.object(name, 'Aggregated'))),
      args,
      ...meant({ does: 'aggregate', collection, item }),
    },
  };
  if (collection.key.length === 0) return fields;
  return {
    ...fields,
    [names.byId]: { type: item, args: { id: { type: new GraphQLNonNull(GraphQLID) } }, ...meant({ does: 'item', collection, item }) },
    [names.connection]: {
      type: parts.object(name, 'Connection'),
      args: {
        first: { type: GraphQLInt, description: 'Rows of a page.' },
        after: { type: GraphQLString, description: 'The cursor of the row that the page follows.' },
        last: { type: GraphQLInt, description: 'Rows of a page that is counted from the end.' },
        before: { type: GraphQLString, description: 'The cursor of the row that the page comes before.' },
        ...which,
      },
      ...meant({ does: 'connection', collection, item }),
    },
  };
}

/** Puts the schema together. */
export function buildRoleSchema(state: State): GraphQLSchema {
  const grants = grantedWrites(state);
  const made = makeParts(state, grants, taken, makers);
  const { parts } = made;
  const queries: RootFields = {};
  for (const collection of parts.readable.values()) Object.assign(queries, queriesOf(collection, parts));
  const mutations: RootFields = {};
  for (const [name, does] of grants) {
    const collection = state.schema.collections.get(name);
    if (collection) Object.assign(mutations, Object.fromEntries(mutationsOf(collection, does, parts)));
  }
  if (Object.keys(mutations).length > 0) Object.assign(mutations, Object.fromEntries(commentMutations(parts)));
  const subscriptions: RootFields = {};
  for (const collection of parts.readable.values()) Object.assign(subscriptions, subscriptionsOf(collection, parts));
  made.allShells();
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: Object.keys(queries).length > 0 ? queries : { _: { type: GraphQLString, description: 'Nothing may be read.' } },
    }),
    ...(Object.keys(mutations).length > 0 ? { mutation: new GraphQLObjectType({ name: 'Mutation', fields: mutations }) } : {}),
    ...(Object.keys(subscriptions).length > 0
      ? { subscription: new GraphQLObjectType({ name: 'Subscription', fields: subscriptions }) }
      : {}),
    types: [...fixed, ...([...parts.readable.values()].some((one) => tellsFileData(one, parts)) ? offered : []), ...made.types],
    assumeValid: true,
  });
  made.open();
  return schema;
}
