/** The one text form of a row's key, for paths, activity, GraphQL ids and cursors (architecture, "Keys, views, foreign keys"). */
import type { Scalar } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { coerceOperand } from './field-types.ts';
import type { Collection, Field } from './types.ts';

const escaped = (value: Scalar): string =>
  String(value).replace(/[~;,/]/g, (character) => `~${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Undefined for a `~` that no two hex digits of ASCII follow. */
function unescaped(part: string): string | undefined {
  if (/~(?![0-7][0-9a-f])/i.test(part)) return undefined;
  return part.replace(/~(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The key as text: a single value as it is, several joined by `;` with `~`, `;`, `,` and `/` inside them escaped. */
export function keyText(values: readonly Scalar[]): string {
  const [first] = values;
  if (first === undefined) return '';
  return values.length === 1 ? String(first) : values.map(escaped).join(';');
}

/** Keys are exact: `01` is the integer 1, while `1.0`, `1e0` and `1abc` are none. */
function keyValue(field: Field, text: string): Scalar | undefined {
  if ((field.storage === 'integer' || field.storage === 'year') && !/^-?\d+$/.test(text)) return undefined;
  return coerceOperand(field, text);
}

/**
 * The values of the key columns, in key order; undefined when the text cannot be a key of the collection.
 * Throws `item_not_found` where the collection has no key, and `unprocessable`, naming the columns, where a key of several
 * columns has another number of parts: a lone first column is not unique (directus8-data §13).
 */
export function parseKey(collection: Collection, text: string): Scalar[] | undefined {
  const { key } = collection;
  if (key.length === 0) throw new GatewayError('item_not_found', { id: text, hint: `: "${collection.name}" has no key to find it by` });
  const parts = key.length === 1 ? [text] : text.split(';').map(unescaped);
  if (parts.length !== key.length) {
    const columns = key.map((field) => `"${field.name}"`).join(', ');
    throw new GatewayError('unprocessable', {
      message: `A key of "${collection.name}" has ${key.length} parts, ${columns}, in this order and joined by ";"`,
    });
  }
  const values: Scalar[] = [];
  for (const [i, field] of key.entries()) {
    const part = parts[i];
    const value = part === undefined ? undefined : keyValue(field, part);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
