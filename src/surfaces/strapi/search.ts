/** `_q`: a text to look for in the attributes of entries (S-76). */
import type { RequestedFilter } from '../../query/types.ts';
import { coerceOperand } from '../../schema/field-types.ts';
import type { Collection } from '../../schema/types.ts';
import { attributesOf, isCompared, type Sight } from './sight.ts';

/** Entries that hold the text in a text, whatever its case, or have it as their key; undefined where nothing is looked for. */
export function searchFilter(sight: Sight, collection: Collection, text: string): RequestedFilter | undefined {
  if (text === '') return undefined;
  const texts = attributesOf(sight, collection).filter((field) => field.storage === 'text' && isCompared(sight, field));
  const found = texts.map(
    ({ name }): RequestedFilter => ({ is: 'compare', path: [name], operator: 'icontains', value: text, strict: true }),
  );
  const [key] = collection.key;
  const keyed = key && collection.key.length === 1 && isCompared(sight, key) && coerceOperand(key, text) !== undefined ? key : undefined;
  if (keyed) found.push({ is: 'compare', path: [keyed.name], operator: 'eq', value: text, strict: true });
  return { is: 'any', of: found };
}
