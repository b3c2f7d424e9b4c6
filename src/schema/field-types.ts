/** One table of field types, how a column's type is inferred, and how an operand becomes a value of a field. */
import type { IntrospectedColumn, Scalar, Storage } from '../dialect/types.ts';
import { canonicalDate, canonicalDatetime, canonicalInfinity, canonicalTime, canonicalZonedTime } from './calendar.ts';
import { canonicalNumber, fitsDouble } from './numerals.ts';
import type { Field, FieldType } from './types.ts';

type WireType = 'none' | 'string' | 'number' | 'boolean' | 'array' | 'any' | 'key';

export interface FieldTypeInfo {
  /** What JSON holds on read, apart from null, and a sentence on its form for the documentation. */
  readonly wire: { readonly json: WireType; readonly format: string };
  /** Has no column. */
  readonly alias: boolean;
  /** `q` looks into it (directus8-data §5.6). */
  readonly searchable: boolean;
}

const row = (json: WireType, format: string, searchable = false): FieldTypeInfo => ({ wire: { json, format }, alias: false, searchable });
const aliasRow = (json: WireType, format: string): FieldTypeInfo => ({ wire: { json, format }, alias: true, searchable: false });

const userKey = 'The key of a row of directus_users, or that row when it is expanded.';
const stamp = 'ISO 8601 in UTC with the offset +00:00.';

/** Every field type (directus8-data §6.2). A new type is a row here. */
export const fieldTypes: Readonly<Record<FieldType, FieldTypeInfo>> = {
  alias: aliasRow('none', 'Never part of an answer.'),
  array: row('array', 'A list of strings; an empty list where nothing is stored.'),
  binary: row('string', 'The bytes in base64.'),
  boolean: row('boolean', 'true or false.'),
  date: row('string', 'YYYY-MM-DD.'),
  datetime: row(
    'string',
    'YYYY-MM-DD HH:MM:SS[.ffffff]; ISO 8601 with its offset in system collections and where the column keeps a time zone.',
  ),
  datetime_created: row('string', stamp),
  datetime_updated: row('string', stamp),
  decimal: row('number', 'The exact number, with all its digits.', true),
  file: row('key', 'The key of a row of directus_files, or that row when it is expanded.'),
  group: aliasRow('none', 'Never part of an answer; groups fields on a form.'),
  hash: row('string', 'The stored hash.'),
  integer: row('number', 'The exact number, also beyond 2^53.', true),
  json: row('any', 'The stored JSON value; null where the stored text is not JSON.'),
  lang: row('string', 'The code of a language.'),
  m2o: row('key', 'The key of the related row, or that row when it is expanded.'),
  o2m: aliasRow('array', 'The related rows when it is expanded, else absent.'),
  owner: row('key', userKey),
  slug: row('string', 'Text.'),
  sort: row('number', 'The position of the row in its default order.'),
  status: row('string', 'A value of the status mapping; a number where the column is one.'),
  string: row('string', 'Text; types that JSON does not know come as the text the database prints.', true),
  time: row('string', 'HH:MM:SS.'),
  translation: aliasRow('array', 'The translations when it is expanded, else absent.'),
  user: row('key', userKey),
  user_updated: row('key', userKey),
  uuid: row('string', 'A UUID.'),
};

/** Whether the text is the name of a field type. */
export function isFieldType(text: string): text is FieldType {
  return Object.hasOwn(fieldTypes, text);
}

/** Whether `q` and `like` on a relation look into the field. */
export function searchable(field: Field): boolean {
  return fieldTypes[field.type].searchable;
}

const inferred: Readonly<Partial<Record<Storage, FieldType>>> = {
  boolean: 'boolean',
  uuid: 'uuid',
  json: 'json',
  array: 'json',
  binary: 'binary',
  integer: 'integer',
  year: 'integer',
  bit: 'integer',
  decimal: 'decimal',
  float: 'decimal',
  datetime: 'datetime',
  instant: 'datetime',
  date: 'date',
  time: 'time',
};

/** The field type of a column no metadata speaks of (directus8-data §6.1): text where nothing fits better. */
export function inferType(column: IntrospectedColumn): FieldType {
  return inferred[column.storage] ?? 'string';
}

/** JSON's scalars as text; undefined for null, lists, objects, and for text with a NUL, which no database here takes. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? undefined : value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : undefined;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** Words of truth are 1 and 0 in a column of numbers, where JSON or the field's type says that they are truth. */
function numeral(field: Field, value: unknown, text: string): string {
  if (typeof value !== 'boolean' && field.type !== 'boolean') return text;
  const truth = truths.get(text.toLowerCase());
  return truth === undefined ? text : truth ? '1' : '0';
}

/** What a text column holds is decided by the field's type, and by whatever else was stored in it. */
function typedText(field: Field, text: string): string {
  switch (field.type) {
    case 'date':
      return canonicalDate(text) ?? text;
    case 'datetime':
    case 'datetime_created':
    case 'datetime_updated':
      return canonicalDatetime(text) ?? text;
    case 'time':
      return canonicalTime(text) ?? text;
    default:
      return text;
  }
}

/** `infinity` and `-infinity` where the column holds them; undefined for anything else. */
export const endless = ({ column }: Field, text: string): string | undefined => (column.infinite ? canonicalInfinity(text) : undefined);

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * A filter operand in the canonical form of the field's storage. Undefined when it cannot be a value of the field: then the
 * filter matches nothing, on every vendor alike (directus8-data §5, portability note). Numbers keep all their digits; a fraction
 * is allowed against an integer column, since it can be compared with.
 */
export function coerceOperand(field: Field, value: unknown): Scalar | undefined {
  const raw = scalarText(value);
  if (raw === undefined) return undefined;
  const text = raw.trim();
  switch (field.storage) {
    case 'boolean':
      return truths.get(text.toLowerCase());
    case 'integer':
    case 'year':
    case 'decimal':
      return canonicalNumber(numeral(field, value, text));
    case 'float': {
      const number = canonicalNumber(numeral(field, value, text));
      return number !== undefined && fitsDouble(number) ? number : undefined;
    }
    case 'bit': {
      // PostgreSQL compares bits as text, where leading zeros count.
      const bits = numeral(field, value, text);
      return /^\d+$/.test(bits) ? bits : undefined;
    }
    case 'date':
      return canonicalDate(text) ?? endless(field, text);
    case 'datetime':
    case 'instant':
      return canonicalDatetime(text) ?? endless(field, text);
    case 'time':
      return field.column.type === 'timetz' ? canonicalZonedTime(text) : canonicalTime(text);
    case 'uuid': {
      const lower = text.toLowerCase();
      return uuid.test(lower) ? lower : undefined;
    }
    case 'binary':
      return base64.test(raw) ? raw : undefined;
    case 'enum':
      return field.column.values && !field.column.values.includes(raw) ? undefined : raw;
    default:
      return typedText(field, raw);
  }
}

/** Tells the request's time; what asks it depends on the time of day. */
export type Clock = () => Date;

/** `now`, in any case, as the current date or moment in UTC where the field is one; every other value as it is (§5.2). */
export function resolveNow(field: Field, value: unknown, at: Clock): unknown {
  if (typeof value !== 'string' || value.toLowerCase() !== 'now') return value;
  switch (field.type) {
    case 'date':
      return at().toISOString().slice(0, 10);
    case 'datetime':
    case 'datetime_created':
    case 'datetime_updated':
      return at().toISOString().slice(0, 19).replace('T', ' ');
    default:
      return value;
  }
}
