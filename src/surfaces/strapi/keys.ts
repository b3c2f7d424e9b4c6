/** Keys as clients write them: those of several columns with commas between the parts (S-11), or as every surface has them. */
import type { Scalar } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { keyText, parseKey } from '../../schema/keys.ts';
import type { Collection } from '../../schema/types.ts';

/** The values of the key's columns; undefined for what cannot be a key of the collection. */
export function keyValues(collection: Collection, text: string): readonly Scalar[] | undefined {
  try {
    // Neither character stands in a part as it is.
    return parseKey(collection, collection.key.length > 1 ? text.replaceAll(',', ';') : text);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** The key in its one spelling; what is none names no entry. */
export function keySpelled(collection: Collection, text: string): string | undefined {
  const values = keyValues(collection, text);
  return values && keyText(values);
}
