/** Tells which rows are there, whoever may see them. */
import type { Reader } from '../dialect/types.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { compileLookup } from '../sql/lookup.ts';
import { keyRow } from './row-text.ts';

/** Lists of values that one statement looks for. */
const soughtAtOnce = 200;

/** For each list of values whether a row has them in the columns `by`, which are unique. Nothing is locked. */
export async function existing(
  connection: Reader,
  collection: Collection,
  by: readonly Field[],
  wanted: readonly (readonly Stored[])[],
): Promise<boolean[]> {
  const distinct = [...new Map(wanted.map((values) => [JSON.stringify(values), values]))];
  const found = new Set<string>();
  for (let i = 0; i < distinct.length; i += soughtAtOnce) {
    const some = distinct.slice(i, i + soughtAtOnce);
    const lists = some.map(([, values]) => values);
    const { statement } = compileLookup(collection, by, lists, keyRow(collection), connection.dialect, { lock: false });
    for (const [which] of await connection.texts(statement)) {
      const [text] = some[Number(which)] ?? [];
      if (text !== undefined) found.add(text);
    }
  }
  return wanted.map((values) => found.has(JSON.stringify(values)));
}
