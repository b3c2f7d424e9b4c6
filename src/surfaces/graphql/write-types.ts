/** What is written as input types, and the fields of the mutation type. Only what the caller may write is there. */
import {
  GraphQLID,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  GraphQLString,
  isInputObjectType,
} from 'graphql';
import { isWritten, type WriteAction, writesOf } from '../../access/reach.ts';
import { writerOf } from '../../access/write.ts';
import { graphqlName } from '../../schema/names.ts';
import { isHistory } from '../../schema/system.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { isTextList } from './field-scalars.ts';
import { type InputFields, listOf } from './operator-types.ts';
import { type Arguments, type Does, described, type Parts, type State } from './parts.ts';
import type { ItemInputMeaning, RootMeaning } from './types.ts';

/** Files come with their bytes, settings in a form of their own, and history is written by what happens. */
const elsewhere: ReadonlySet<string> = new Set([
  'directus_settings',
  'directus_migrations',
  'directus_user_sessions',
  'directus_collections',
  'directus_fields',
]);

const onlyChanged: ReadonlySet<string> = new Set(['directus_files']);

/** What a caller may do with rows of a collection, whatever the rows. */
export function grantedWrites({ schema, rules, actor }: State): ReadonlyMap<string, Does> {
  const writer = writerOf(schema, rules, actor);
  const granted = new Map<string, Does>();
  for (const [name, collection] of schema.collections) {
    if (isHistory(collection) || (collection.system && elsewhere.has(name))) continue;
    const does: Set<WriteAction> = writesOf({ writer }, collection);
    if (onlyChanged.has(name)) does.delete('create');
    if (onlyChanged.has(name)) does.delete('delete');
    if (does.size > 0) granted.set(name, does);
  }
  return granted;
}

const written = (name: string, nested?: ItemInputMeaning['nested']) => ({
  extensions: { meaning: { is: 'written', name, ...(nested ? { nested } : {}) } satisfies ItemInputMeaning },
  ...described(name),
});

function columnType(field: Field, parts: Parts) {
  const leaf = parts.leaf(field);
  return isTextList(field) ? new GraphQLList(GraphQLString) : leaf;
}

/** An item to be written: none of its fields must be given, what is missing is told by the checks of every write. */
export function writtenFields(collection: Collection, parts: Parts): InputFields {
  const fields: InputFields = {};
  for (const field of collection.fields.values()) {
    if (field.column.generated || !isWritten(parts, collection, field.name)) continue;
    const relation = collection.relations.get(field.name);
    const target = relation?.kind === 'm2o' ? parts.target(relation) : undefined;
    fields[graphqlName(field.name)] = target
      ? { type: parts.input(target.name, 'One'), ...written(field.name, 'one') }
      : { type: columnType(field, parts), ...written(field.name) };
  }
  for (const relation of collection.relations.values()) {
    const target = parts.target(relation);
    if (!target || relation.kind === 'm2m' || collection.fields.has(relation.name) || !isWritten(parts, collection, relation.name))
      continue;
    const [part, nested] = relation.kind === 'm2o' ? (['One', 'one'] as const) : (['Many', 'many'] as const);
    fields[graphqlName(relation.name)] = { type: parts.input(target.name, part), ...written(relation.name, nested) };
  }
  return Object.keys(fields).length > 0 ? fields : { _: { type: GraphQLString, description: 'Nothing of it may be written.' } };
}

/** What is to become of the one row that a relation leads to: one of these. */
export function oneFields(collection: Collection, parts: Parts): InputFields {
  const does = parts.nested(collection);
  const [create, update] = (['Create', 'Update'] as const).map((part) => () => ({ type: parts.input(collection.name, part) }));
  return {
    key: { type: GraphQLID, description: 'Points at that row.' },
    ...(create && does.has('create') ? { create: create() } : {}),
    ...(update && does.has('update') ? { update: { ...update(), description: 'Changes the row of the key in it.' } } : {}),
    ...(update && does.has('create') && does.has('update')
      ? { save: { ...update(), description: 'Changes the row of the key in it, or makes one.' } }
      : {}),
  };
}

/** What is to become of the rows that a relation leads to; others stay as they are. */
export function manyFields(collection: Collection, parts: Parts): InputFields {
  const { key, ...each } = oneFields(collection, parts);
  const fields: InputFields = { keys: { type: listOf(GraphQLID), description: 'Points them at this row.' } };
  for (const [name, field] of Object.entries(each)) {
    const { type, ...more } = field;
    if (isInputObjectType(type)) fields[name] = { ...more, type: listOf(type) };
  }
  return { ...fields, ...(parts.nested(collection).has('delete') ? { delete: { type: listOf(GraphQLID) } } : {}) };
}

export const writtenType = new GraphQLObjectType({
  name: 'Written',
  description: 'Of rows that are not shown.',
  fields: { count: { type: new GraphQLNonNull(GraphQLInt) } },
});

export const deletedType = new GraphQLObjectType({
  name: 'Deleted',
  fields: { ids: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLID))) } },
});

export interface MutationField {
  readonly type: GraphQLOutputType;
  readonly args: Arguments;
  readonly extensions: { readonly meaning: RootMeaning };
}

const key = { type: new GraphQLNonNull(GraphQLID), description: 'The key; of several columns with ";" between.' };
type Nullable = GraphQLScalarType | GraphQLInputObjectType | GraphQLList<GraphQLInputType>;
const required = (type: Nullable) => ({ type: new GraphQLNonNull(type) });
const reason = { comment: { type: GraphQLString, description: 'Goes with the activity; some permissions demand it.' } };

/** The fields of the mutation type for one collection. */
export function mutationsOf(collection: Collection, does: Does, parts: Parts): [name: string, field: MutationField][] {
  const { name } = collection;
  const field = parts.names.get(name)?.field ?? name;
  const item = parts.readable.has(name) && collection.key.length > 0 ? parts.object(name, 'Item') : undefined;
  const one: GraphQLOutputType = item ?? writtenType;
  const several: GraphQLOutputType = item ? new GraphQLList(new GraphQLNonNull(item)) : writtenType;
  const meaning = (what: Exclude<RootMeaning, { does: 'addComment' | 'editComment' | 'deleteComment' }>['does']) => ({
    meaning: { does: what, collection, ...(item ? { item } : {}) } as RootMeaning,
  });
  const made: [string, MutationField][] = [];
  const add = (called: string, what: Parameters<typeof meaning>[0], type: GraphQLOutputType, args: Arguments): void => {
    made.push([called, { type, args: { ...args, ...reason }, extensions: meaning(what) }]);
  };
  const where = (): Arguments => ({
    where: required(parts.input(name, 'Where')),
    limit: { ...required(GraphQLInt), description: 'How many rows there may be at most; where there are more, none is touched.' },
  });
  if (does.has('create')) {
    const data = parts.input(name, 'Create');
    add(`create_${field}_item`, 'createOne', one, { data: required(data) });
    add(`create_${field}_items`, 'createMany', several, { data: required(listOf(data)) });
  }
  if (does.has('update') && item) {
    const data = parts.input(name, 'Update');
    add(`update_${field}_item`, 'updateOne', one, { id: key, data: required(data) });
    add(`update_${field}_items`, 'updateMany', several, { ids: required(listOf(GraphQLID)), data: required(data) });
    add(`update_${field}_where`, 'updateWhere', writtenType, { ...where(), data: required(data) });
    add(`revert_${field}_item`, 'revert', one, { id: key, revision: required(GraphQLID) });
    if (does.has('create')) {
      const by = {
        ...required(listOf(GraphQLString)),
        description: 'Columns of the primary key or of a unique constraint.',
      };
      add(`upsert_${field}_items`, 'upsert', several, { by, data: required(listOf(parts.input(name, 'Create'))) });
    }
  }
  if (does.has('delete') && item) {
    add(`delete_${field}_item`, 'deleteOne', deletedType, { id: key });
    add(`delete_${field}_items`, 'deleteMany', deletedType, { ids: required(listOf(GraphQLID)) });
    add(`delete_${field}_where`, 'deleteWhere', writtenType, where());
  }
  return made;
}

/** Comments on rows, where the activity may be read. */
export function commentMutations(parts: Parts): [name: string, field: MutationField][] {
  const activity = parts.readable.get('directus_activity');
  if (!activity) return [];
  const item = parts.object(activity.name, 'Item');
  const comment = required(GraphQLString);
  const explained = { explained: { type: GraphQLString, description: 'Why, where permissions demand a reason.' } };
  const field = (does: 'addComment' | 'editComment' | 'deleteComment', type: GraphQLOutputType, args: Arguments): MutationField => ({
    type,
    args,
    extensions: { meaning: { does, collection: activity, item } },
  });
  return [
    ['add_comment', field('addComment', item, { collection: required(GraphQLString), item: required(GraphQLID), comment, ...explained })],
    ['edit_comment', field('editComment', item, { id: required(GraphQLID), comment, ...explained })],
    ['delete_comment', field('deleteComment', deletedType, { id: required(GraphQLID) })],
  ];
}
