/** `_q`: a text to look for in the attributes of entries (S-76). */
import type { RequestedFilter } from '../../query/types.ts';
import { coerceOperand } from '../../schema/field-types.ts';
import type { Collection } from '../../schema/types.ts';
import { localisedOf } from './locale.ts';
import { attributesOf, isCompared, type Sight } from './sight.ts';
import { textCondition, translatedAttribute } from './translated.ts';

const holding = (name: string, text: string): RequestedFilter => ({
  is: 'compare',
  path: [name],
  operator: 'icontains',
  value: text,
  strict: true,
});

/** Entries that hold the text in a text, whatever its case, or have it as their key; undefined where nothing is looked for. */
export function searchFilter(sight: Sight, collection: Collection, text: string): RequestedFilter | undefined {
  if (text === '') return undefined;
  const texts = attributesOf(sight, collection).filter((field) => field.storage === 'text' && isCompared(sight, field));
  const found = texts.map(({ name }) => holding(name, text));
  for (const { name, storage } of localisedOf(sight, collection)?.fields ?? []) {
    const attribute = storage === 'text' ? translatedAttribute(sight, collection, name) : undefined;
    if (attribute) found.push(textCondition(attribute, (_, field) => holding(field.name, text), collection));
  }
  const [key] = collection.key;
  const keyed = key && collection.key.length === 1 && isCompared(sight, key) && coerceOperand(key, text) !== undefined ? key : undefined;
  if (keyed) found.push({ is: 'compare', path: [keyed.name], operator: 'eq', value: text, strict: true });
  return { is: 'any', of: found };
}
