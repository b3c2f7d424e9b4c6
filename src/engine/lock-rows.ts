/** Keeps rows as they are until the end of a transaction. */
import { collectionOf } from '../query/bind.ts';
import { parseKey } from '../schema/keys.ts';
import { compileLock } from '../sql/write.ts';
import { keyRow } from './row-text.ts';
import type { WriteSession } from './write.ts';

/** Locks those of the rows that are there. Throws what `parseKey` throws. */
export async function lockRows({ within }: WriteSession, name: string, keys: readonly string[]): Promise<void> {
  const { connection, schema } = within;
  const collection = collectionOf(schema, name);
  const found = keys.flatMap((text) => {
    const key = parseKey(collection, text);
    return key ? [key] : [];
  });
  if (found.length === 0) return;
  await connection.texts(compileLock(collection, found, keyRow(collection), [], connection.dialect).statement);
}
