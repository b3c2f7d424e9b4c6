/** What a request says of a field, checked as far as that can be told without the table (directus8-system §8.4). */
import type { Ddl, DefaultValue, WireType } from '../../dialect/ddl.ts';
import { sizedTypes, unsizedTypes, wholeTypes } from '../../dialect/wire-names.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isExactNumber, isJsonList, isJsonObject, type Json, jsonTextOf, numberText } from '../../lib/json-body.ts';
import { canonicalDate, canonicalDatetime, canonicalTime } from '../../schema/calendar.ts';
import { fieldAttributes } from '../../schema/field-attributes.ts';
import { fieldTypes, isFieldType } from '../../schema/field-types.ts';
import { canonicalNumber } from '../../schema/numerals.ts';

export type Attributes = Readonly<Record<string, Json>>;

/** Attributes that are about the column. */
const columnAttributes = [
  'datatype',
  'length',
  'default_value',
  'unique',
  'primary_key',
  'auto_increment',
  'signed',
  'nullable',
  'foreign_key',
] as const;

const known = new Set<string>(['id', 'collection', 'field', ...fieldAttributes, ...columnAttributes]);

const blank = 'This value should not be blank.';

/** @throws GatewayError unprocessable for an attribute that a field does not have */
export function refuseUnknownAttributes(attributes: Attributes): void {
  const unknown = Object.keys(attributes).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new GatewayError('unprocessable', { message: `A field has no attribute ${unknown.map((name) => `"${name}"`).join(', ')}` });
  }
}

/** The texts that a new field must have. */
export function demandTexts(attributes: Attributes, names: readonly string[]): void {
  const faults = names.flatMap((name) => {
    const value = attributes[name];
    if (value === undefined || value === null || value === '') return [`${name}: ${blank}`];
    return typeof value === 'string' ? [] : [`${name}: This value should be of type string.`];
  });
  if (faults.length > 0) throw new GatewayError('validation', { message: faults.join(' ') });
}

const nameForm = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;

/** @throws GatewayError validation for a name that is not to be one of a table or column */
export function checkName(
  what: 'collection' | 'field',
  name: Json | undefined,
  { nameBytes, reserved }: Pick<Ddl, 'nameBytes' | 'reserved'>,
): string {
  if (typeof name !== 'string' || !nameForm.test(name)) {
    const form = 'it holds letters, digits, underscores and dashes, and begins with none of the last';
    throw new GatewayError('validation', { message: `Invalid ${what} name: ${form}` });
  }
  if (name.length > nameBytes)
    throw new GatewayError('validation', { message: `Invalid ${what} name: it is longer than ${nameBytes} characters` });
  if (reserved(what, name))
    throw new GatewayError('validation', { message: `Invalid ${what} name: the database keeps "${name}" for itself` });
  for (const prefix of what === 'collection' ? ['directus_', 'sallyport_'] : ['sallyport_']) {
    if (!name.toLowerCase().startsWith(prefix)) continue;
    throw new GatewayError('validation', { message: `${what === 'field' ? 'Field' : 'Collection'} name cannot begin with "${prefix}"` });
  }
  return name;
}

/** @throws GatewayError unknown_type */
export function checkType(type: Json | undefined): string {
  const lower = typeof type === 'string' ? type.toLowerCase() : '';
  if (!isFieldType(lower) && lower !== 'user_created')
    throw new GatewayError('unknown_type', { type: typeof type === 'string' ? type : jsonTextOf(type ?? null) });
  return lower;
}

/** Whether fields of that type have no column. */
export function isAliasType(type: string): boolean {
  return isFieldType(type) && fieldTypes[type].alias;
}

/** Truth as clients write it; undefined where nothing is said. */
export function truthOf(attributes: Attributes, name: string): boolean | undefined {
  const value = attributes[name];
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'boolean' ? String(value) : (numberText(value) ?? value);
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new GatewayError('validation', { message: `${name}: This value should be of type bool.` });
}

const floats = new Set(['FLOAT', 'DOUBLE']);
const labelled = new Set(['ENUM', 'SET']);
const spellings: Readonly<Record<string, string>> = {
  INTEGER: 'INT',
  NUMERIC: 'DECIMAL',
  REAL: 'DOUBLE',
  BOOLEAN: 'TINYINT',
  BOOL: 'TINYINT',
};

const longest = 16_383;

function sizesOf(field: string, length: Json | undefined): number[] | undefined {
  if (length === undefined || length === null || length === '') return undefined;
  const text = typeof length === 'string' ? length : numberText(length);
  const parts = /^\s*(\d{1,5})\s*(?:,\s*(\d{1,2})\s*)?$/.exec(text ?? '');
  if (!parts) throw new GatewayError('validation', { message: `length: "${field}" has a length that is no number, nor two like "10,2"` });
  return parts.slice(1).flatMap((part) => (part === undefined ? [] : [Number(part)]));
}

function labelsOf(field: string, length: Json | undefined): string[] {
  const parts = typeof length === 'string' ? length.split(',').map((part) => part.trim().replace(/^(['"])(.*)\1$/, '$2')) : [];
  if (parts.length === 0 || parts.includes('')) throw new GatewayError('length_missing', { field });
  return parts;
}

/**
 * The type of the column as it is asked for.
 *
 * @throws GatewayError unprocessable for a datatype that is missing or unknown, length_missing, length_unsupported, validation
 */
export function wireTypeOf(field: string, type: string, attributes: Attributes): WireType {
  const { datatype: said, length } = attributes;
  if (typeof said !== 'string' || said === '') throw new GatewayError('unprocessable', { message: `Missing datatype for: ${field}` });
  const upper = said.trim().toUpperCase();
  const datatype = spellings[upper] ?? upper;
  const truth = datatype === 'TINYINT' && (type === 'boolean' || upper !== datatype);
  const unsigned = wholeTypes.has(datatype) && truthOf(attributes, 'signed') !== true;
  if (labelled.has(datatype)) return { datatype, labels: labelsOf(field, length), unsigned, truth };
  const sizes = sizesOf(field, length);
  if (unsizedTypes.has(datatype)) {
    if (sizes) throw new GatewayError('length_unsupported', { field });
    return { datatype, unsigned, truth };
  }
  const [first, second] = sizes ?? [];
  if (wholeTypes.has(datatype) || floats.has(datatype)) return { datatype, unsigned, truth };
  if (!sizedTypes.has(datatype) && datatype !== 'DECIMAL') {
    throw new GatewayError('unprocessable', { message: `Unknown datatype "${upper.slice(0, 40)}" of the field ${field}` });
  }
  if (first === undefined) throw new GatewayError('length_missing', { field });
  if (datatype === 'DECIMAL') {
    const scale = second ?? 0;
    if (first < 1 || first > 65 || scale > 30 || scale > first) {
      throw new GatewayError('validation', {
        message: `length: a decimal has 1 to 65 digits, at most 30 of them behind the point: ${field}`,
      });
    }
    return { datatype, length: first, scale, unsigned, truth };
  }
  const most = datatype === 'CHAR' || datatype === 'BINARY' ? 255 : longest;
  if (first < 1 || first > most || second !== undefined) {
    throw new GatewayError('validation', { message: `length: ${datatype} takes 1 to ${most} characters: ${field}` });
  }
  return { datatype, length: first, unsigned, truth };
}

const moments: Readonly<Record<string, (text: string) => string | undefined>> = {
  DATE: canonicalDate,
  TIME: canonicalTime,
  DATETIME: canonicalDatetime,
  TIMESTAMP: canonicalDatetime,
};

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The default as the column takes it; null for none. Throws `validation` for what is no value of the column. */
export function defaultOf(field: string, wire: WireType, value: Json): DefaultValue | null {
  if (value === null) return null;
  const text = typeof value === 'object' && !isExactNumber(value) ? jsonTextOf(value) : (numberText(value) ?? String(value));
  const wrong = new GatewayError('validation', { message: `default_value: this is no value of "${field}"` });
  if (text.includes('\0') || text.length > 1000) throw wrong;
  if (wire.truth) {
    const truth = /^(?:(1|true)|0|false)$/i.exec(text.trim());
    if (text !== '' && !truth) throw wrong;
    return truth ? { is: 'truth', text: truth[1] ? '1' : '0' } : null;
  }
  const { datatype } = wire;
  if (wholeTypes.has(datatype) || floats.has(datatype) || datatype === 'DECIMAL' || datatype === 'YEAR') {
    if (text.trim() === '') return null;
    const number = canonicalNumber(typeof value === 'boolean' ? String(Number(value)) : text.trim());
    if (number === undefined || (wholeTypes.has(datatype) && !/^-?\d+$/.test(number))) throw wrong;
    return { is: 'number', text: number };
  }
  const moment = moments[datatype];
  if (moment) {
    if (text.trim() === '') return null;
    if (/^(?:now(?:\(\))?|current_timestamp(?:\(\))?)$/i.test(text.trim()) && datatype !== 'DATE' && datatype !== 'TIME')
      return { is: 'now' };
    const canonical = moment(text.trim());
    if (canonical === undefined) throw wrong;
    return { is: 'text', text: canonical };
  }
  if (/BLOB|BINARY/.test(datatype)) throw new GatewayError('validation', { message: `default_value: binary columns have none: ${field}` });
  if (wire.length !== undefined && [...text].length > wire.length) throw wrong;
  if (wire.labels && !wire.labels.includes(text)) throw wrong;
  if (datatype === 'JSON') {
    if (text.trim() === '') return null;
    if (!isJsonText(text)) throw wrong;
  }
  return { is: 'text', text };
}

export interface AskedForeignKey {
  readonly collection: string;
  readonly onDelete: 'no action' | 'cascade' | 'set null' | 'restrict';
}

const actions = ['no action', 'cascade', 'set null', 'restrict'] as const;

function actionOf(said: Json | undefined): AskedForeignKey['onDelete'] | undefined {
  return actions.find((action) => action === (typeof said === 'string' ? said.toLowerCase().replace('_', ' ') : undefined));
}

/** `foreign_key` of a relation: what is done with its rows when the row that they name goes; null for no foreign key. Throws `validation`. */
export function linkOf(asked: Json): AskedForeignKey['onDelete'] | null {
  if (asked === null || asked === false) return null;
  if (asked === true) return 'no action';
  const said = !isJsonList(asked) && isJsonObject(asked) && Object.keys(asked).length === 1 ? actionOf(asked['on_delete']) : undefined;
  if (said) return said;
  throw new GatewayError('validation', {
    message: `foreign_key: this is true, false or {"on_delete"}, which is one of ${actions.join(', ')}`,
  });
}

/** `foreign_key`: the collection that the column points to, or that with `on_delete`. Throws `validation`. */
export function foreignKeyOf({ foreign_key: asked }: Attributes): AskedForeignKey | undefined {
  if (asked === undefined || asked === null || asked === false) return undefined;
  const form = 'foreign_key: this is a collection, or {"collection", "on_delete"}';
  if (typeof asked === 'string') return { collection: asked, onDelete: 'no action' };
  if (isJsonList(asked) || !isJsonObject(asked)) throw new GatewayError('validation', { message: form });
  const { collection, on_delete: said = 'no action', ...more } = asked;
  const onDelete = actionOf(said);
  if (typeof collection !== 'string' || !onDelete || Object.keys(more).length > 0) {
    throw new GatewayError('validation', { message: `${form}; on_delete is one of ${actions.join(', ')}` });
  }
  return { collection, onDelete };
}
