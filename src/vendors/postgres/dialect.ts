/** PostgreSQL's own SQL: JSON forms, operand types, lists as lateral-free scalar sub-selects. */
import { randomBytes } from 'node:crypto';
import type { Dialect, ListSelect, Scalar } from '../../dialect/types.ts';
import { type Fragment, join, name, param, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';

/**
 * Marks a text that is to become JSON itself. PostgreSQL below 16 cannot ask whether a text is JSON, so the text travels as a
 * string behind this mark and is checked when the row leaves. Random in each process: no stored text can pretend to carry it.
 */
const mark = `\u0001${randomBytes(8).toString('hex')}`;
const opening = `"\\u0001${mark.slice(1)}`;

/** The position of the quote that ends the JSON string whose inside begins at `from`. */
function stringEnd(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

function jsonOf(escaped: string): string {
  try {
    const stored: unknown = JSON.parse(`"${escaped}"`);
    if (typeof stored !== 'string') return 'null';
    JSON.parse(stored);
    // Raw line breaks can only stand between tokens; a row stays one line.
    return stored.replace(/[\r\n]+/g, ' ');
  } catch {
    return 'null';
  }
}

/** By position and not by a pattern: a stored text may be larger than the stack of the pattern matcher. */
function unmark(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, from)) {
    const start = at + opening.length;
    const end = stringEnd(text, start);
    out += text.slice(from, at) + jsonOf(text.slice(start, end));
    from = end + 1;
  }
  return out + text.slice(from);
}

const literal = (text: string): Fragment => trusted(`'${text.replace(/'/g, "''")}'`);

/** Element types that `to_json` prints as a scalar of that type is printed. */
const plainElements = new Set(['integer', 'decimal', 'float', 'boolean', 'text', 'enum', 'uuid', 'json', 'instant']);

function array(field: Field, column: Fragment): Fragment {
  // `character(n)` alone keeps its padding, which its text does not have.
  const plain = plainElements.has(field.column.element ?? 'unknown') && field.column.type !== '_bpchar';
  return plain ? sql`to_json(${column})` : sql`to_json(${column}::text[])`;
}

/** In one line. */
const base64 = (column: Fragment): Fragment => sql`translate(encode(${column}, 'base64'), E'\n', '')`;

/** Whether the column is text as it stands: nothing is gained by a cast, and an index may be lost. */
const isText = (field: Field): boolean => field.storage === 'text' && (field.column.type === 'text' || field.column.type === 'varchar');

function jsonValue(field: Field, column: Fragment): Fragment {
  const { storage, type } = field;
  if (type === 'array' && storage === 'text') return sql`coalesce(to_json(string_to_array(${column}, ',')), '[]'::json)`;
  if (type === 'json' && storage === 'text') return sql`${literal(mark)} || ${column}`;
  if (type === 'boolean' && storage === 'integer') return sql`(${column} <> 0)`;
  switch (storage) {
    case 'integer':
    case 'decimal':
    case 'float':
    case 'boolean':
    case 'uuid':
    case 'json':
    case 'enum':
      return column;
    case 'text':
      return isText(field) ? column : sql`${column}::text`;
    // In JSON a moment is ISO 8601 with the session's offset, which is UTC's; infinity and years before Christ included.
    case 'instant':
      return column;
    case 'datetime':
      return field.iso || type === 'datetime_created' || type === 'datetime_updated'
        ? sql`(${column} at time zone 'UTC')`
        : sql`${column}::text`;
    case 'binary':
      return base64(column);
    case 'array':
      return array(field, column);
    default:
      return sql`${column}::text`;
  }
}

/** Longer names would be cut as column aliases; more columns than this do not fit in a row. */
const aliasBytes = 63;
const rowColumns = 1600;

function jsonObject(pairs: readonly (readonly [string, Fragment])[]): Fragment {
  if (pairs.length === 0) return sql`'{}'::json`;
  if (pairs.length <= rowColumns && pairs.every(([key]) => Buffer.byteLength(key) <= aliasBytes && key !== '')) {
    const columns = pairs.map(([key, value]) => sql`${value} as ${name(key)}`);
    // With `.*`, as a column may be called j too.
    return sql`(select row_to_json(j.*) from (select ${join(columns, ', ')}) j)`;
  }
  const rows = pairs.map(([key, value]) => sql`(${literal(key)}, to_json(${value}))`);
  return sql`(select json_object_agg(j.k, j.v) from (values ${join(rows, ', ')}) j(k, v))`;
}

function isBigint(value: Scalar): boolean {
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return false;
  const whole = BigInt(value);
  return BigInt.asIntN(64, whole) === whole;
}

function isFloat4(value: Scalar): boolean {
  const rounded = Math.fround(Number(value));
  return Number.isFinite(rounded) && (rounded !== 0 || value === '0');
}

/** Types whose input would cut an operand to their own length, after which it may equal what it does not. */
const cutting = new Set(['name', 'char']);

/** The cast that makes an operand fit the column and its index; none lets the server take the column's own type. */
function castOf(field: Field, values: readonly Scalar[]): string {
  const { type } = field.column;
  switch (field.storage) {
    case 'integer':
      return values.every(isBigint) ? 'bigint' : 'numeric';
    case 'decimal':
      return 'numeric';
    case 'float':
      // A double is never equal to the single it was written as; what no single can hold stays one, and equals none.
      return type === 'float4' && values.every(isFloat4) ? 'float4' : 'float8';
    case 'boolean':
      return 'boolean';
    case 'uuid':
      return 'uuid';
    case 'date':
      return 'date';
    case 'datetime':
      return 'timestamp';
    case 'instant':
      return 'timestamptz';
    case 'text':
      return isText(field) || cutting.has(type) ? 'text' : '';
    case 'enum':
    case 'time':
      return '';
    default:
      return 'text';
  }
}

/** The year 0 of ISO 8601 is the first before Christ here. */
function operandText(field: Field, value: Scalar): string {
  const text = field.storage === 'instant' ? `${value}+00` : String(value);
  const dated = field.storage === 'date' || field.storage === 'datetime' || field.storage === 'instant';
  return dated && text.startsWith('0000-') ? `0001-${text.slice(5)} BC` : text;
}

function operand(field: Field, value: Scalar): Fragment {
  const cast = castOf(field, [value]);
  const bound = param(operandText(field, value));
  return cast === '' ? bound : sql`${bound}::${trusted(cast)}`;
}

const compared = new Set(['integer', 'decimal', 'float', 'boolean', 'uuid', 'date', 'time', 'datetime', 'instant', 'text', 'enum']);

function comparable(field: Field, column: Fragment): Fragment {
  return compared.has(field.storage) ? column : text(field, column);
}

function text(field: Field, column: Fragment): Fragment {
  if (field.storage === 'binary') return base64(column);
  return isText(field) ? column : sql`${column}::text`;
}

function isIn(field: Field, column: Fragment, values: readonly Scalar[]): Fragment {
  // The server raises an error at a label that an enum does not have; no value equals it. NULL stays neither in nor not in.
  const labels = field.storage === 'enum' ? field.column.values : undefined;
  const possible = labels ? values.filter((value) => labels.includes(String(value))) : values;
  if (possible.length === 0) return sql`(${column} is null and null)`;
  const cast = castOf(field, possible);
  const bound = param(possible.map((value) => operandText(field, value)));
  return cast === '' ? sql`${column} = any(${bound})` : sql`${column} = any(${bound}::${trusted(cast)}[])`;
}

function jsonList(list: ListSelect): Fragment {
  const page = list.limit === undefined && !list.offset ? sql`` : sql` ${postgresDialect.page(list.limit, list.offset ?? 0)}`;
  return sql`(select coalesce(json_agg(l.j), '[]'::json) from (select ${list.row} as j ${list.from}${list.order}${page}) l)`;
}

function orderTerm(term: { expression: Fragment; descending: boolean; nullable: boolean }, nullsLast: boolean): Fragment {
  const direction = term.descending ? sql` desc` : sql``;
  // Ascending, NULLs come last anyway; descending they come first unless told.
  const nulls = nullsLast && term.nullable && term.descending ? sql` nulls last` : sql``;
  return sql`${term.expression}${direction}${nulls}`;
}

export const postgresDialect: Dialect = {
  vendor: 'pg',
  identifier: (text) => `"${text.replace(/"/g, '""')}"`,
  parameter: (index) => `$${index}`,
  jsonValue,
  jsonObject,
  jsonText: (json) => sql`(${json})::text`,
  asJson: (json) => json,
  jsonConstant: (json) => sql`${literal(json)}::json`,
  jsonList,
  jsonMap: (select, key, value) => sql`(select coalesce(json_object_agg(m.${name(key)}, m.${name(value)}), '{}'::json) from (${select}) m)`,
  comparable,
  operand,
  isIn,
  like: (field, column, pattern) => sql`${text(field, column)} ilike ${param(pattern)}`,
  text,
  orderTerm,
  random: () => sql`random()`,
  page: (limit, offset) => {
    const limited = limit === undefined ? sql`` : sql`limit ${param(String(limit))}`;
    return offset === 0 && limit === undefined ? sql`` : sql`${limited} offset ${param(String(offset))}`;
  },
  finish: (row) => (row.includes(mark.slice(1)) ? unmark(row) : row),
};
