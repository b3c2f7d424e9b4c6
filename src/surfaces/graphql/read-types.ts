/** What is read as object types: items, lists with their meta, connections, groups and aggregates. */
import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  GraphQLID,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
} from 'graphql';
import { isAlwaysThere, isCompared, readableFields } from '../../access/reach.ts';
import { aggregateFunctions } from '../../query/aggregates.ts';
import type { AggregateFunction } from '../../query/types.ts';
import { graphqlName } from '../../schema/names.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { isTextList } from './field-scalars.ts';
import { fileFields } from './file-fields.ts';
import { meant as compares, listOf } from './operator-types.ts';
import { type Arguments, described, type Parts } from './parts.ts';
import { bigInt, decimal, json } from './scalars.ts';
import type { TypePart } from './type-names.ts';
import type { ItemMeaning } from './types.ts';

type OutputFields = GraphQLFieldConfigMap<unknown, unknown>;
type OutputField = GraphQLFieldConfig<unknown, unknown>;

const meant = (type: GraphQLOutputType, meaning: ItemMeaning): OutputField => ({ type, extensions: { meaning } });

export const metadataType = new GraphQLObjectType({
  name: 'Metadata',
  description: 'About a list. Counts that take too long are estimated, and say so.',
  fields: {
    collection: { type: GraphQLString },
    type: { type: GraphQLString },
    result_count: { type: GraphQLInt, description: 'Rows of this answer.' },
    total_count: { type: GraphQLInt, description: 'Rows that the caller may read, whatever the filter says.' },
    filter_count: { type: GraphQLInt, description: 'Rows that match.' },
    status_count: { type: json, description: 'Rows by status.' },
    total_count_estimated: { type: GraphQLBoolean },
    filter_count_estimated: { type: GraphQLBoolean },
  },
});

export const pageInfoType = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean), description: 'Of pages counted from the end: whether "before" was given.' },
    hasPreviousPage: {
      type: new GraphQLNonNull(GraphQLBoolean),
      description: 'Of pages counted from the start: whether "after" was given.',
    },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
});

/** The arguments that say which rows of a list are meant, and in which order. */
function listArguments(collection: Collection, parts: Parts): Arguments {
  return {
    limit: { type: GraphQLInt, description: 'Rows at most; -1 for all that one answer may hold.' },
    offset: { type: GraphQLInt },
    filter: { type: parts.input(collection.name, 'Filter') },
    where: { type: parts.input(collection.name, 'Where') },
    sort: {
      type: listOf(GraphQLString),
      description: 'Fields, or paths through relations with dots; a minus before one turns its order round, "?" is a random order.',
    },
    search: { type: GraphQLString, description: 'A text to look for in the searchable fields.' },
  };
}

/** Arguments of what stands at the root. */
export function rootArguments(collection: Collection, parts: Parts): Arguments {
  return {
    ...listArguments(collection, parts),
    ...(collection.status ? { status: { type: listOf(GraphQLString), description: 'Statuses to show; "*" for all.' } } : {}),
  };
}

/** Rows of system tables that Directus 8 has named by arguments of their own. */
const namedBy: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  directus_collections: { name: 'collection' },
  directus_fields: { collection: 'collection', field: 'field' },
};

/** The arguments of the list at the root as Directus 8 has them: a key is an Int there, and what is more goes to the field that takes any. */
export function referenceArguments(collection: Collection, parts: Parts): Arguments {
  const { name, system, key } = collection;
  const [first] = key;
  const whole = key.length === 1 && first?.storage === 'integer' ? GraphQLInt : undefined;
  const id = first && key.length === 1 ? (whole ?? parts.leaf(first)) : GraphQLID;
  const named = Object.entries(namedBy[name] ?? {}).flatMap(([argument, column]) => {
    const field = collection.fields.get(column);
    return field && isCompared(parts, field)
      ? [[argument, compares(GraphQLString, { is: 'compare', name: column, operator: 'eq' })] as const]
      : [];
  });
  return {
    ...(key.length > 0 ? { id: { type: system && name !== 'directus_activity' ? GraphQLID : id } } : {}),
    ...Object.fromEntries(named),
    lang: { type: GraphQLString, description: 'Languages of translations, with commas between.' },
  };
}

/** An item: its columns, the rows that relations lead to. What some rows do not show is null in them. */
export function itemFields(collection: Collection, parts: Parts): OutputFields {
  const fields: OutputFields = fileFields(collection, parts);
  for (const field of readableFields(parts, collection)) {
    const relation = collection.relations.get(field.name);
    const target = relation?.kind === 'm2o' ? parts.target(relation) : undefined;
    fields[graphqlName(field.name)] = {
      ...(target ? toOne(field.name, target, parts) : plainColumn(collection, field, parts)),
      ...described(field.name, field.column.comment ?? field.meta?.note),
    };
  }
  for (const relation of collection.relations.values()) {
    const target = parts.target(relation);
    if (!target || collection.fields.has(relation.name)) continue;
    const field = relation.kind === 'm2o' ? toOne(relation.name, target, parts) : toMany(relation.name, target, parts);
    fields[graphqlName(relation.name)] = { ...field, ...described(relation.name) };
  }
  return fields;
}

function toOne(name: string, target: Collection, parts: Parts): OutputField {
  const item = parts.object(target.name, 'Item');
  return meant(item, { is: 'relation', name, many: false, item });
}

function toMany(name: string, target: Collection, parts: Parts): OutputField {
  const item = parts.object(target.name, 'Item');
  const { ...args } = listArguments(target, parts);
  return { ...meant(new GraphQLList(item), { is: 'relation', name, many: true, item }), args };
}

const isId = (collection: Collection, field: Field): boolean =>
  field.primaryKey && collection.key.length === 1 && field.storage === 'integer';

/** The interface that Directus 8 declares on all items: here on those that have such a key and show it. */
export const nodeType = new GraphQLInterfaceType({ name: 'Node', fields: { id: { type: GraphQLID } } });

/** The interfaces that an item's type implements. */
export function itemInterfaces(collection: Collection, parts: Parts): GraphQLInterfaceType[] {
  const field = collection.fields.get('id');
  if (!field || !isId(collection, field) || !readableFields(parts, collection).includes(field)) return [];
  return collection.relations.get('id')?.kind === 'm2o' ? [] : [nodeType];
}

/** The key that tells a row from the others is an ID, which GraphQL writes as a text whatever it is (directus8-system §23). */
function plainColumn(collection: Collection, field: Field, parts: Parts): OutputField {
  if (!isId(collection, field)) return meant(columnType(collection, field, parts), { is: 'field', name: field.name });
  const type = isAlwaysThere(parts, collection, field) ? new GraphQLNonNull(GraphQLID) : GraphQLID;
  return meant(type, { is: 'field', name: field.name, form: 'text' });
}

function columnType(collection: Collection, field: Field, parts: Parts): GraphQLOutputType {
  if (isTextList(field)) return new GraphQLList(GraphQLString);
  const leaf = parts.leaf(field);
  return isAlwaysThere(parts, collection, field) ? new GraphQLNonNull(leaf) : leaf;
}

/** Rows and what is told of them: the shape of every list of Directus 8, whose members may be null by their type (directus8-system §23). */
export function listFields(collection: Collection, parts: Parts): OutputFields {
  return {
    data: { type: new GraphQLList(parts.object(collection.name, 'Item')) },
    meta: { type: metadataType },
  };
}

/** The fields of a connection. */
export function connectionFields(collection: Collection, parts: Parts): OutputFields {
  return {
    edges: { type: new GraphQLList(new GraphQLNonNull(parts.object(collection.name, 'Edge'))) },
    nodes: { type: new GraphQLList(new GraphQLNonNull(parts.object(collection.name, 'Item'))) },
    pageInfo: { type: new GraphQLNonNull(pageInfoType) },
    totalCount: { type: GraphQLInt, description: 'Rows that match.' },
  };
}

/** The fields of an edge: its cursor and its item. */
export function edgeFields(collection: Collection, parts: Parts): OutputFields {
  return {
    cursor: { type: new GraphQLNonNull(GraphQLID) },
    node: { type: parts.object(collection.name, 'Item') },
  };
}

/** The part that holds what the function gives for each field. */
const partOfFunction = {
  count: 'Counts',
  countDistinct: 'Counts',
  sum: 'Numbers',
  avg: 'Numbers',
  min: 'Extremes',
  max: 'Extremes',
} as const satisfies Record<AggregateFunction, string>;

function taking(collection: Collection, parts: Parts, id: AggregateFunction): Field[] {
  const definition = aggregateFunctions.find((one) => one.id === id);
  return [...collection.fields.values()].filter((field) => isCompared(parts, field) && definition?.takes(field));
}

const byField =
  (id: AggregateFunction, typeOf: (field: Field, parts: Parts) => GraphQLOutputType) =>
  (collection: Collection, parts: Parts): OutputFields =>
    Object.fromEntries(
      taking(collection, parts, id).map((field) => [
        graphqlName(field.name),
        { ...meant(typeOf(field, parts), { is: 'field', name: field.name }), ...described(field.name) },
      ]),
    );

export const countFields = byField('count', () => bigInt);
export const numberFields = byField('sum', () => decimal);
export const extremeFields = byField('min', (field, parts) => parts.leaf(field));

/** What rows are grouped by: each field that is selected, or a part of a date. */
export function groupFields(collection: Collection, parts: Parts): OutputFields {
  const fields = byField('countDistinct', (field, parts) => (/date|time|instant/.test(field.storage) ? json : parts.leaf(field)))(
    collection,
    parts,
  );
  for (const field of taking(collection, parts, 'countDistinct')) {
    const one = fields[graphqlName(field.name)];
    if (one && /date|instant/.test(field.storage)) {
      fields[graphqlName(field.name)] = {
        ...one,
        args: { part: { type: GraphQLString, description: 'year, month, day or hour instead of all of it.' } },
      };
    }
  }
  return fields;
}

/** Whether a collection has that part at all: some have nothing to add up, or no key to tell pages by. */
export function hasPart(part: TypePart, collection: Collection, parts: Parts): boolean {
  if (part === 'Connection' || part === 'Edge') return collection.key.length > 0;
  const id = ({ Counts: 'count', Numbers: 'sum', Extremes: 'min', Group: 'countDistinct' } as const)[part as 'Counts'];
  return id === undefined || taking(collection, parts, id).length > 0;
}

/** A group, and what is worked out over its rows. */
export function aggregatedFields(collection: Collection, parts: Parts): OutputFields {
  const fields: OutputFields = { count: { type: bigInt, description: 'The rows.' } };
  if (taking(collection, parts, 'countDistinct').length > 0) fields['group'] = { type: parts.object(collection.name, 'Group') };
  const named = { countOf: 'count', countDistinct: 'countDistinct', sum: 'sum', avg: 'avg', min: 'min', max: 'max' } as const;
  for (const [name, id] of Object.entries(named)) {
    if (taking(collection, parts, id).length > 0) fields[name] = { type: parts.object(collection.name, partOfFunction[id]) };
  }
  return fields;
}
