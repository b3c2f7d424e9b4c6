/** What a client sends for a field, as it is stored: every field type over every storage (directus8-data §6.2, §7). */
import { isExactNumber, isJsonList, type Json } from '../lib/json-body.ts';
import { storedArray } from './stored-arrays.ts';
import { isStorableText, storedJson, unstorable } from './stored-json.ts';
import { storedDate, storedDatetime, storedTime } from './stored-moments.ts';
import { neither, scalarText, storedNumber, truthOf } from './stored-numbers.ts';
import type { Field } from './types.ts';
import { accepted, invalid, notValid, structured, tooLong, type Verdict } from './verdict.ts';

export type { Stored, Verdict } from './verdict.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** PostgreSQL cuts longer names without a word. */
const nameBytes = 63;

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** MySQL counts the length of its `text` types in bytes, all other lengths are in characters. */
function isWithin(text: string, length: number, field: Field): boolean {
  if (field.column.type.endsWith('text') && field.column.collation?.name.startsWith('utf8')) return Buffer.byteLength(text) <= length;
  return text.length <= length || characters(text) <= length;
}

function sized(field: Field, text: string): Verdict {
  const { length, nativeType } = field.column;
  // Of a password what is stored is its hash.
  if (field.type === 'hash') return accepted(text);
  if (length !== undefined && !isWithin(text, length, field)) return tooLong(field, length);
  if (nativeType === 'name' && Buffer.byteLength(text) > nameBytes) return tooLong(field, nameBytes);
  if (nativeType === '"char"' && Buffer.byteLength(text) > 1) return tooLong(field, 1);
  return accepted(text);
}

/** A list of scalars as they stand in one text, with commas between them. */
function commaText(field: Field, value: readonly Json[]): Verdict {
  const texts = value.map((one) => scalarText(one));
  if (texts.includes(undefined)) return invalid(field, 'This value should hold texts and numbers only.');
  const text = texts.join(',');
  if (field.storage === 'set') return setOf(field, text);
  return isStorableText(text) ? sized(field, text) : unstorable(field);
}

function sizedJson(field: Field, value: Json): Verdict {
  const verdict = storedJson(field, value);
  return 'value' in verdict && typeof verdict.value === 'string' ? sized(field, verdict.value) : verdict;
}

/** What a column of text holds is decided by the field's type. */
function textOf(field: Field, value: Json, text: string): Verdict {
  switch (field.type) {
    case 'date':
      return storedDate(field, text);
    case 'time':
      return storedTime(field, text);
    case 'datetime':
    case 'datetime_created':
    case 'datetime_updated':
      return storedDatetime(field, text);
    case 'boolean': {
      const truth = truthOf(value);
      return truth === undefined ? neither(field) : accepted(truth ? '1' : '0');
    }
    default:
      return sized(field, text);
  }
}

function setOf(field: Field, text: string): Verdict {
  const labels = field.column.values ?? [];
  const given = text === '' ? [] : text.split(',');
  if (!given.every((label) => labels.includes(label))) return invalid(field, 'This value holds something that the column does not list.');
  return accepted(labels.filter((label) => given.includes(label)).join(','));
}

function binary(field: Field, text: string): Verdict {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return invalid(field, 'This value is not base64.');
  const { length } = field.column;
  return length !== undefined && bytes.length > length ? tooLong(field, length) : accepted(text);
}

/** A scalar by its storage. */
function scalarOf(field: Field, value: Json): Verdict {
  const text = scalarText(value);
  if (text === undefined) return structured(field);
  if (!isStorableText(text)) return unstorable(field);
  switch (field.storage) {
    case 'integer':
    case 'decimal':
    case 'float':
    case 'boolean':
    case 'bit':
    case 'year':
      return storedNumber(field, value);
    case 'date':
      return storedDate(field, text);
    case 'time':
      return storedTime(field, text);
    case 'datetime':
    case 'instant':
      return storedDatetime(field, text);
    case 'uuid': {
      const lower = text.toLowerCase();
      return uuid.test(lower) ? accepted(lower) : notValid(field, 'UUID');
    }
    case 'enum':
      return field.column.values?.includes(text) === false ? invalid(field, 'This value is none that the column lists.') : accepted(text);
    case 'set':
      return setOf(field, text);
    case 'binary':
      return binary(field, text);
    case 'text':
      return textOf(field, value, text);
    default:
      return accepted(text);
  }
}

/** The form in which the value is stored, or what is wrong with it. Relations with objects or lists are not for here. Never throws. */
export function storedValue(field: Field, value: Json): Verdict {
  if (value === null) return accepted(null);
  const { storage, type } = field;
  if (storage === 'array') return storedArray(field, value, scalarOf);
  const worded = storage === 'text' || storage === 'unknown';
  if (type === 'array') {
    // A set is read as the text it is, which may come back.
    if (isJsonList(value) && (worded || storage === 'set')) return commaText(field, value);
    if (worded || storage === 'json')
      return isJsonList(value) ? sizedJson(field, value) : invalid(field, 'This value should be of type array.');
  }
  if (storage === 'json' || (type === 'json' && worded)) return sizedJson(field, value);
  if (typeof value === 'object' && !isExactNumber(value)) return structured(field);
  return scalarOf(field, value);
}
