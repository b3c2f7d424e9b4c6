/** Rows that relations lead to, as `relation-writes.ts` hands them to the core: what is to become of each. */
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../lib/json-body.ts';
import type { NestedSyntax, RequestedRow } from '../../query/mutation.ts';

/** One member says what is to be done. */
export type RowChange =
  | { readonly link: Json }
  | { readonly create: JsonObject }
  | { readonly update: JsonObject }
  | { readonly deleteKey: Json };

function rowOf(name: string, value: Json): RequestedRow {
  const [[does, given] = ['', null]] = isJsonObject(value) ? Object.entries(value) : [];
  if (does === 'link') return { is: 'link', key: given };
  if (does === 'deleteKey') return { is: 'deleteKey', key: given };
  if ((does === 'create' || does === 'update') && isJsonObject(given)) return { is: does, item: given };
  throw new GatewayError('validation', { message: `${name}: the entries of a relation are named by their ids`, field: name });
}

export const strapiNested: NestedSyntax = {
  toOne: (value, relation) => rowOf(relation.name, value),
  toMany(value, relation) {
    if (isJsonList(value)) return value.map((one) => rowOf(relation.name, one));
    throw new GatewayError('validation', { message: `${relation.name}: the entries of a relation stand in a list`, field: relation.name });
  },
};
