/** Keys as they stand in payloads: in an item, in a list, and held by the row whose list it is. */
import type { Scalar } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { type Json, numberText } from '../lib/json-body.ts';
import { coerceOperand } from '../schema/field-types.ts';
import { parseKey } from '../schema/keys.ts';
import type { Collection, Field, Relation } from '../schema/types.ts';
import type { RequestedItem, RequestedRow, ToMany, WriteNode } from './mutation.ts';

/** The key that an item holds, when it holds all of it. */
export function keyOf({ key }: Collection, item: RequestedItem): NonNullable<WriteNode['key']> | undefined {
  const values = key.flatMap((field) => {
    const value = item[field.name];
    if (value === undefined || value === null || value === '') return [];
    return coerceOperand(field, numberText(value) ?? value) ?? [];
  });
  return key.length > 0 && values.length === key.length ? values : undefined;
}

/** The row whose list it is, with its key where that is known. */
export interface Owner {
  readonly collection: Collection;
  readonly key: WriteNode['key'] | undefined;
}

/** A row whose key holds the key of the one whose list it stands in need not repeat that. */
export function completed(relation: ToMany, row: RequestedRow, owner: Owner): RequestedRow {
  if (!('item' in row)) return row;
  const missing = heldKey(relation, owner).filter(([field]) => !Object.hasOwn(row.item, field.name));
  return missing.length === 0
    ? row
    : { ...row, item: { ...row.item, ...Object.fromEntries(missing.map(([{ name }, part]) => [name, part])) } };
}

/** Key columns of the listed rows that hold the owner's key, and what is in them. */
export function heldKey({ join }: ToMany, { collection, key }: Owner): [Field, Scalar][] {
  return join.flatMap(({ from, to }): [Field, Scalar][] => {
    const part = key?.[collection.key.indexOf(from)];
    return part !== undefined && to.primaryKey ? [[to, part]] : [];
  });
}

/** The key of a nested row that is to go. Throws unprocessable for what is none. */
export function deletedKey(target: Collection, row: Extract<RequestedRow, { is: 'delete' | 'deleteKey' }>, relation: Relation) {
  if (row.is === 'deleteKey') return nestedKey(target, row.key, relation);
  const key = keyOf(target, row.item);
  if (!key) throw badKey(relation, target);
  return key;
}

/** What is said of a value that is no key. */
export function badKey(relation: Relation, target: Collection): GatewayError {
  return new GatewayError('unprocessable', { message: `${relation.name}: this is no key of "${target.name}"` });
}

/** A key as it stands in a payload: its text form, or a number. */
export function nestedKey(target: Collection, value: Json, relation: Relation): NonNullable<WriteNode['key']> {
  const text = typeof value === 'string' ? value : numberText(value);
  const key = text === undefined ? undefined : parseKey(target, text);
  if (!key) throw badKey(relation, target);
  return key;
}
