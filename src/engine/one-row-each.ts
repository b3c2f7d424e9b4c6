/** A key names one row. Where the database does not see to that, nothing is told or changed of one row that might be of another. */
import type { Transaction } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { keyText } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import { compileSnapshot, type Key } from '../sql/write.ts';
import { keyIn, keyRow } from './row-text.ts';

/** The refusal where a key names several rows. */
export function repeatedKey({ name }: Collection, key: string): GatewayError {
  return new GatewayError('unprocessable', {
    message: `Several rows of "${name}" have the key "${key}"; name the one that is meant by a filter`,
  });
}

/** The refusal where the last row of a page has the key of the first one of the next. */
export function sameKey(): GatewayError {
  return new GatewayError('unprocessable', {
    message: 'Several rows have the same key, so that no cursor tells them apart; page by offset',
  });
}

/** Throws `repeatedKey` where a change of the rows of these keys touched more than one for a key. */
export function demandOneEach(collection: Collection, keys: readonly Key[], touched: number): void {
  const named = new Set(keys.map((key) => keyText(key)));
  if (touched > named.size) throw repeatedKey(collection, [...named].join(', '));
}

/** Whether the database may hold a key twice: it knows nothing of it, or takes spellings of one value apart. */
export const mayRepeat = ({ key, declaredKey, inherited }: Collection): boolean =>
  declaredKey === true || inherited === true || key.some(({ column }) => column.spelled);

/** Throws duplicate where a row of one of the keys, just made, was there already. */
export async function demandNew(connection: Transaction, collection: Collection, keys: readonly Key[]): Promise<void> {
  if (keys.length === 0) return;
  const { statement, write } = compileSnapshot(collection, keys, keyRow(collection), connection.dialect);
  const seen = new Set<string>();
  for (const cells of await connection.texts(statement)) {
    const value = keyText(keyIn(write(cells), collection) ?? []);
    if (seen.has(value)) throw new GatewayError('duplicate', { value, collection: collection.name });
    seen.add(value);
  }
}
