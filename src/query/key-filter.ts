/** The condition that finds rows by their keys. */
import type { Scalar } from '../dialect/types.ts';
import type { Collection } from '../schema/types.ts';
import { allOf, anyOf, compare, never } from './filters.ts';
import type { Filter } from './types.ts';

/** The rows of those keys, each in key order. Keys of text are told apart to the last character. */
export function rowsOfKeys(collection: Collection, keys: readonly (readonly Scalar[])[]): Filter {
  const [first] = collection.key;
  if (!first || keys.length === 0) return never;
  if (collection.key.length === 1 && first.storage !== 'text' && first.storage !== 'enum') {
    const values = new Set(keys.flat());
    return compare(first, values.size === 1 ? 'eq' : 'in', ...values);
  }
  return anyOf(keys.map((key) => allOf(collection.key.map((field, i) => compare(field, 'exact', key[i] ?? '')))));
}
