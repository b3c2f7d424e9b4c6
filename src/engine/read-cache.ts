/**
 * Prepared reads by what was asked, so that a request which came before costs neither parsing nor compiling. A statement is made for
 * one schema, one set of rules and one caller; whoever keeps it says so in the key.
 */
import { LRUCache } from 'lru-cache';
import type { PreparedRead } from './read.ts';

export interface CachedRead<Asked> {
  readonly asked: Asked;
  readonly prepared: PreparedRead;
  /** Where the key stands among the statement's values, for a read by one key. */
  readonly keyAt?: readonly number[];
}

export type ReadCache<Asked extends object> = LRUCache<string, CachedRead<Asked>>;

/** Characters of statements and keys kept for a project. */
const mostCharacters = 16_000_000;

/** An empty cache of prepared reads. */
export function createReadCache<Asked extends object>(): ReadCache<Asked> {
  return new LRUCache({
    max: 5000,
    maxSize: mostCharacters,
    // A statement's writer, its values and its shape take room beside its text.
    sizeCalculation: ({ prepared }, key) => 2000 + key.length + 3 * (prepared.compiled?.statement.text.length ?? 0),
  });
}

/** Two keys by which the form of a read is learned, and the keys it serves: whole numbers that every vendor holds exactly. */
export const sampleKeys = ['1', '2'] as const;
/** Whether a key is a whole number that fits every integer column: one prepared read serves all of them. */
export const isPlainKey = (key: string): boolean => /^[1-9]\d{0,8}$/.test(key);

/**
 * Where the key stands in the statements of a read by one key, prepared for both sample keys: they differ in the key alone, or the
 * read is not one to remember (undefined).
 */
export function keyIndexes(one: PreparedRead, two: PreparedRead): readonly number[] | undefined {
  const [first, second] = [one.compiled?.statement, two.compiled?.statement];
  // An enum has its labels only; another is no value of it, which a prepared statement does not ask.
  if (one.collection.key.some((field) => field.storage === 'enum')) return undefined;
  if (!first || !second || first.text !== second.text || first.values.length !== second.values.length) return undefined;
  const indexes: number[] = [];
  for (const [i, value] of first.values.entries()) {
    const other = second.values[i];
    if (Object.is(value, other)) continue;
    if (typeof value !== typeof other || String(value) !== sampleKeys[0] || String(other) !== sampleKeys[1]) return undefined;
    indexes.push(i);
  }
  return indexes.length === 0 ? undefined : indexes;
}

/** The read for another key, in the form in which the sample key is bound. */
export function withKey({ prepared, keyAt }: CachedRead<object>, key: string): PreparedRead {
  const { compiled } = prepared;
  if (!compiled || !keyAt) return prepared;
  const values = [...compiled.statement.values];
  for (const at of keyAt) values[at] = typeof values[at] === 'bigint' ? BigInt(key) : typeof values[at] === 'number' ? Number(key) : key;
  return { ...prepared, compiled: { ...compiled, statement: { text: compiled.statement.text, values } } };
}
