/** JSON as it is stored, and what no database takes as text. */
import { isExactNumber, isJsonList, isJsonObject, type Json, jsonTextOf } from '../lib/json-body.ts';
import type { Field } from './types.ts';
import { accepted, invalid, type Verdict } from './verdict.ts';

/** NUL, or half of a character: what is stored would not be what was sent. */
const unstorableText = /\0|\p{Surrogate}/u;

/** Whether every database takes the text, and gives it back as it is. */
export function isStorableText(text: string): boolean {
  return !unstorableText.test(text);
}

/** The refusal of such a text. */
export function unstorable(field: Field): Verdict {
  return invalid(field, 'This value holds a NUL character or half of a surrogate pair.');
}

/** Whether all texts and keys inside are storable. */
export function isStorableJson(value: Json): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (isJsonList(value)) return value.every(isStorableJson);
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(([key, member]) => isStorableText(key) && isStorableJson(member));
}

/** JSON for a column of JSON, or of text by a field of type json. Directus takes objects and lists only where it was told of the field. */
export function storedJson(field: Field, value: Json): Verdict {
  const scalar = typeof value !== 'object' || isExactNumber(value);
  if (scalar && field.type === 'json' && field.meta) return invalid(field, 'This value should be of type json.');
  return isStorableJson(value) ? accepted(jsonTextOf(value)) : unstorable(field);
}
