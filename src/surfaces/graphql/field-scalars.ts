/** Which GraphQL type a field has. */
import { GraphQLBoolean, GraphQLInt, type GraphQLLeafType, GraphQLString } from 'graphql';
import type { Storage } from '../../dialect/types.ts';
import { fieldTypes } from '../../schema/field-types.ts';
import type { Field } from '../../schema/types.ts';
import { bigInt, bytes, date, dateTime, datetime, decimal, float, json, time, uuid } from './scalars.ts';

const byStorage: Readonly<Partial<Record<Storage, GraphQLLeafType>>> = {
  boolean: GraphQLBoolean,
  bit: json,
  decimal,
  float,
  year: GraphQLInt,
  date,
  time,
  datetime: dateTime,
  instant: dateTime,
  uuid,
  json,
  array: json,
  binary: bytes,
};

const isBig = (type: string): boolean => /big|int8/.test(type);

/** A whole number beyond 32 bits is none of GraphQL's Int. */
function wholeNumber({ column }: Field): GraphQLLeafType {
  return isBig(column.type) || (column.unsigned && /^int/.test(column.type)) ? bigInt : GraphQLInt;
}

/** The scalar of a field; a database enum is a type of its own. A list of texts is a list of this one. */
export function scalarOf(field: Field): GraphQLLeafType {
  const { storage, type } = field;
  if (type === 'json') return json;
  if (type === 'boolean' && (storage === 'integer' || storage === 'boolean')) return GraphQLBoolean;
  if (storage === 'integer') return wholeNumber(field);
  return byStorage[storage] ?? GraphQLString;
}

/** What Directus 8 takes for values of that type: a document whose variables are declared so stays valid (directus8-system §23). */
export function referenceScalar({ column }: Field, leaf: GraphQLLeafType): GraphQLLeafType {
  if (leaf === dateTime) return datetime;
  if (leaf === decimal) return float;
  return leaf === bigInt && !isBig(column.type) ? GraphQLInt : leaf;
}

/** Whether the field is served as a list of texts. */
export function isTextList(field: Field): boolean {
  return fieldTypes[field.type].wire.json === 'array' && field.storage === 'text';
}

const name = /^(?!__|true$|false$|null$)[_A-Za-z]\w*$/;

/** The labels of a database enum, where GraphQL can name all of them. */
export function enumLabels({ storage, column, type }: Field): readonly string[] | undefined {
  if (storage !== 'enum' || type === 'json' || type === 'array' || !column.values || column.values.length === 0) return undefined;
  return column.values.every((label) => name.test(label)) ? column.values : undefined;
}
