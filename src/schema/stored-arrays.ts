/** PostgreSQL's array columns: lists of JSON as array literals. */
import { isJsonList, type Json, jsonTextOf } from '../lib/json-body.ts';
import { inferType } from './field-types.ts';
import { isStorableJson, unstorable } from './stored-json.ts';
import { scalarText } from './stored-numbers.ts';
import type { Field } from './types.ts';
import { accepted, invalid, type Stored, type Verdict } from './verdict.ts';

/** The database itself allows no more. */
const mostDimensions = 6;

/** The elements as a field of their own: only their storage is known. Integers keep to their type's range. */
function elementOf(field: Field): Field {
  const storage = field.column.element ?? 'unknown';
  const nativeType = field.column.nativeType.replace(/\[\]$/, '');
  const { name, unsigned, nullable, generated, autoIncrement, comment } = field.column;
  const sized = storage === 'integer' ? { precision: 0 } : {};
  const type = field.column.type.replace(/^_/, '');
  const column = { name, nativeType, type, storage, unsigned, nullable, generated, autoIncrement, comment, default: null, ...sized };
  return { ...field, type: inferType(column), storage, column };
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** The lengths of the lists in each other, taken from the first of each. */
function shapeOf(value: Json): number[] {
  if (!isJsonList(value)) return [];
  const [first = null] = value;
  return [value.length, ...shapeOf(first)];
}

/** Whether all lists of a level are as long as the first. */
function isRegular(value: Json, [length, ...inner]: readonly number[]): boolean {
  if (length === undefined) return !isJsonList(value);
  return isJsonList(value) && value.length === length && value.every((one) => isRegular(one, inner));
}

type Scalars = (field: Field, value: Json) => Verdict;

function elementOfList(element: Field, value: Json, scalars: Scalars): Verdict {
  if (value === null) return accepted('NULL');
  if (element.storage === 'json') return isStorableJson(value) ? accepted(quoted(jsonTextOf(value))) : unstorable(element);
  // Bytes inside of arrays are read as the database prints them.
  const verdict = element.storage === 'binary' ? bytes(element, value) : scalars(element, value);
  return 'fault' in verdict ? verdict : accepted(quoted(String(verdict.value)));
}

/** The literal of a list of as many levels. */
function literal(element: Field, list: readonly Json[], level: number, scalars: Scalars): Verdict {
  const parts: Stored[] = [];
  for (const one of list) {
    const part = level > 1 && isJsonList(one) ? literal(element, one, level - 1, scalars) : elementOfList(element, one, scalars);
    if ('fault' in part) return part;
    parts.push(part.value);
  }
  return accepted(`{${parts.join(',')}}`);
}

function bytes(element: Field, value: Json): Verdict {
  const text = scalarText(value) ?? '';
  return /^\\x(?:[0-9a-f]{2})*$/i.test(text)
    ? accepted(text)
    : invalid(element, 'This value holds something that is not \\x and hex digits.');
}

/** A list for an array column; `scalars` tells the stored form of an element. */
export function storedArray(field: Field, value: Json, scalars: Scalars): Verdict {
  if (!isJsonList(value)) return invalid(field, 'This value should be of type array.');
  const element = elementOf(field);
  const plain = element.storage !== 'json';
  const shape = plain ? shapeOf(value) : [value.length];
  if (value.length === 0) return accepted('{}');
  if (shape.length > mostDimensions || shape.includes(0))
    return invalid(field, `This value has an empty list inside, or more than ${mostDimensions} levels.`);
  if (plain && !isRegular(value, shape)) return invalid(field, 'This value holds lists of different lengths.');
  return literal(element, value, shape.length, scalars);
}
