/** A column as a snapshot has it: in words that mean the same on every database. */

import type { IntrospectedTable } from '../../dialect/types.ts';
import { sizedTypes } from '../../dialect/wire-names.ts';
import type { Attributes } from '../../engine/editing/attributes.ts';
import type { Json } from '../../lib/json-body.ts';
import { defaultText } from '../../schema/default-text.ts';
import { canonicalNumber } from '../../schema/numerals.ts';
import type { Collection, Field, Schema } from '../../schema/types.ts';
import { wireDatatype, wireLength } from '../../schema/wire-types.ts';
import type { ColumnEntry } from './types.ts';

/** What a default is said to be that only its own database can work out. */
const workedOut: Json = { database: true };

const numeric = new Set(['integer', 'decimal', 'float', 'year']);

function defaultOf(field: Field): Json | undefined {
  const { column } = field;
  if (column.autoIncrement || column.default === null) return undefined;
  const text = defaultText(field);
  if (text === undefined) {
    if (/^null(?:::|$)/i.test(column.default)) return undefined;
    return /^\(?(?:current_timestamp|now)\b/i.test(column.default) ? 'CURRENT_TIMESTAMP' : workedOut;
  }
  if (field.storage === 'boolean') return /^(?:1|t|true|y|yes|on)$/i.test(text);
  if (field.type === 'boolean' && /^[01]$/.test(text)) return text === '1';
  return numeric.has(field.storage) ? (canonicalNumber(text) ?? text) : text;
}

/** The collection that a column points to with a foreign key of its own. */
function pointedAt(field: Field, table: IntrospectedTable | undefined, schema: Schema): string | undefined {
  const key = table?.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === field.column.name);
  if (!table || !key) return undefined;
  const target = [...schema.collections.values()].find(
    (one) => one.table.name === key.toTable && one.table.schema === (key.toSchema ?? table.schema),
  );
  return target?.key.length === 1 && target.key[0]?.column.name === key.toColumns[0] ? target.name : undefined;
}

/** The entry of a column. */
export function describeColumn(collection: Collection, field: Field, table: IntrospectedTable | undefined, schema: Schema): ColumnEntry {
  const datatype = wireDatatype(field);
  const length = sizedTypes.has(datatype) || datatype === 'DECIMAL' ? wireLength(field.column) : null;
  const given = defaultOf(field);
  const target = pointedAt(field, table, schema);
  const inKey = collection.key.includes(field) && !collection.declaredKey;
  return {
    datatype,
    ...(length === null ? {} : { length }),
    ...(field.column.unsigned && field.storage === 'integer' ? { unsigned: true } : {}),
    nullable: field.column.nullable && !inKey,
    ...(given === undefined ? {} : { default: given }),
    ...(inKey ? { primary_key: true } : {}),
    ...(field.column.autoIncrement ? { auto_increment: true } : {}),
    ...(field.unique && !inKey ? { unique: true } : {}),
    ...(target === undefined ? {} : { foreign_key: target }),
  };
}

/** Digits of numbers whose column names none. */
const usualDigits = '30,10';

/** The attributes of a new column. Texts without a length are long texts. */
export function attributesOf(entry: ColumnEntry): Attributes {
  const upper = entry.datatype.toUpperCase();
  const endless = entry.length === undefined && (upper === 'VARCHAR' || upper === 'CHAR');
  const length = entry.length ?? (upper === 'DECIMAL' ? usualDigits : undefined);
  return {
    datatype: endless ? 'TEXT' : entry.datatype,
    ...(length === undefined ? {} : { length }),
    signed: entry.unsigned !== true,
    required: entry.nullable === false,
    default_value: typeof entry.default === 'object' ? null : (entry.default ?? null),
    unique: entry.unique === true,
    primary_key: entry.primary_key === true,
    auto_increment: entry.auto_increment === true,
  };
}

/** What is to be another of a column than it is, as far as that can be told without the words of its database. */
export function differingAttributes(entry: ColumnEntry, is: ColumnEntry): Attributes {
  const wanted = attributesOf(entry);
  const names: string[] = [];
  const same = entry.datatype.toUpperCase() === is.datatype && (entry.length === undefined || entry.length === is.length);
  if (!same) names.push('datatype', 'length');
  if ((entry.unsigned === true) !== (is.unsigned === true)) names.push('signed');
  if ((entry.nullable === false) !== (is.nullable === false)) names.push('required');
  const workedOutThere = typeof entry.default === 'object' || typeof is.default === 'object';
  if (!workedOutThere && String(entry.default ?? null) !== String(is.default ?? null)) names.push('default_value');
  for (const name of ['unique', 'primary_key', 'auto_increment'] as const) {
    if ((entry[name] === true) !== (is[name] === true)) names.push(name);
  }
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => names.includes(name)));
}

/** A type in words for people. */
export function typeWords({ datatype, length }: ColumnEntry): string {
  return length === undefined ? datatype : `${datatype}(${length})`;
}
