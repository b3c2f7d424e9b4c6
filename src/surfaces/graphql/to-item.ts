/** Items to be written: from GraphQL's input to what the engine takes, nested rows included. */
import { type GraphQLInputObjectType, getNamedType, isInputObjectType } from 'graphql';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json } from '../../lib/json-body.ts';
import type { NestedSyntax, RequestedItem, RequestedRow } from '../../query/mutation.ts';
import type { Relation } from '../../schema/types.ts';
import type { Coerced } from './to-filter.ts';
import { inputMeaning } from './types.ts';

/** The item that a value of that input type stands for, under the names of its columns and relations. */
export function itemOf(type: GraphQLInputObjectType, value: Coerced): RequestedItem {
  const fields = type.getFields();
  const item: Record<string, Json> = {};
  for (const [name, inner] of Object.entries(value)) {
    const field = fields[name];
    const meaning = field && inputMeaning(field);
    if (!field || meaning?.is !== 'written') continue;
    const of = getNamedType(field.type);
    item[meaning.name] = meaning.nested && inner !== null && isInputObjectType(of) ? nestedOf(of, inner as Coerced) : (inner as Json);
  }
  return item;
}

/** What is to become of nested rows: keys as they are, items under the names of their columns. */
function nestedOf(type: GraphQLInputObjectType, value: Coerced): Json {
  const fields = type.getFields();
  const pairs = Object.entries(value).map(([name, inner]): [string, Json] => {
    const of = fields[name] && getNamedType(fields[name].type);
    if (!isInputObjectType(of) || inner === null) return [name, inner as Json];
    return [name, Array.isArray(inner) ? inner.map((one: Coerced) => itemOf(of, one)) : itemOf(of, inner as Coerced)];
  });
  return Object.fromEntries(pairs);
}

function refuse(relation: Relation, what: string): never {
  throw new GatewayError('validation', { message: `${relation.name}: ${what}`, field: relation.name });
}

function rowOf(relation: Relation, does: string, value: Json): RequestedRow {
  if (does === 'key') return { is: 'link', key: value };
  if (!isJsonObject(value)) return refuse(relation, `"${does}" should hold an item.`);
  return { is: does === 'create' ? 'create' : does === 'update' ? 'update' : 'save', item: value };
}

/** How nested rows are written down here: by what is to become of them. */
export const graphqlNested: NestedSyntax = {
  toOne(value, relation) {
    const entries = isJsonObject(value) ? Object.entries(value) : [];
    const [first, ...more] = entries;
    if (!first || more.length > 0) return refuse(relation, 'Say one of "key", "create", "update" and "save".');
    return rowOf(relation, ...first);
  },
  toMany(value, relation) {
    if (value === null) return [];
    if (!isJsonObject(value)) return refuse(relation, 'Say what is to become of the rows: "keys", "create", "update", "save", "delete".');
    return Object.entries(value).flatMap(([does, list]) => {
      if (list === null) return [];
      if (!isJsonList(list)) return refuse(relation, `"${does}" should be a list.`);
      return list.map((one): RequestedRow => {
        if (does === 'keys') return { is: 'link', key: one };
        return does === 'delete' ? { is: 'deleteKey', key: one } : rowOf(relation, does, one);
      });
    });
  },
};
