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
const marked = new RegExp(`"\\\\u0001${mark.slice(1)}((?:[^"\\\\]|\\\\.)*)"`, 'g');

function unmark(text: string): string {
  return text.replace(marked, (_, escaped: string) => {
    try {
      const stored: unknown = JSON.parse(`"${escaped}"`);
      if (typeof stored !== 'string') return 'null';
      JSON.parse(stored);
      // Raw line breaks can only stand between tokens; a row stays one line.
      return stored.replace(/[\r\n]+/g, ' ');
    } catch {
      return 'null';
    }
  });
}

const literal = (text: string): Fragment => trusted(`'${text.replace(/'/g, "''")}'`);

/** Element types that `to_json` prints as their own text or exact number. */
const plainElements = new Set(['integer', 'decimal', 'float', 'boolean', 'text', 'enum', 'uuid', 'json']);

function isoText(field: Field, column: Fragment): Fragment {
  const plain = field.storage === 'instant' ? sql`(${column} at time zone 'UTC')` : column;
  return sql`replace(${plain}::text, ' ', 'T') || '+00:00'`;
}

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
      return field.column.type === 'text' || field.column.type === 'varchar' ? column : sql`${column}::text`;
    case 'datetime':
    case 'instant':
      return storage === 'instant' || field.iso || type === 'datetime_created' || type === 'datetime_updated'
        ? isoText(field, column)
        : sql`${column}::text`;
    case 'binary':
      return sql`translate(encode(${column}, 'base64'), E'\n', '')`;
    case 'array':
      return plainElements.has(field.column.element ?? 'unknown') ? sql`to_json(${column})` : sql`to_json(${column}::text[])`;
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
    return sql`(select row_to_json(j) from (select ${join(columns, ', ')}) j)`;
  }
  const parts: Fragment[] = [];
  for (let i = 0; i < pairs.length; i += 50) {
    const chunk = pairs.slice(i, i + 50).map(([key, value]) => sql`${literal(key)}, ${value}`);
    parts.push(sql`jsonb_build_object(${join(chunk, ', ')})`);
  }
  return sql`(${join(parts, ' || ')})::json`;
}

/** The cast that makes an operand fit the column and its index; none lets the server take the column's own type. */
function castOf(field: Field, values: readonly Scalar[]): string {
  switch (field.storage) {
    case 'integer':
      return values.every((value) => typeof value === 'string' && /^-?\d{1,18}$/.test(value)) ? 'bigint' : 'numeric';
    case 'decimal':
      return 'numeric';
    case 'float':
      return 'float8';
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
      return field.column.type === 'text' || field.column.type === 'varchar' ? 'text' : '';
    case 'enum':
    case 'time':
      return '';
    default:
      return 'text';
  }
}

function operandText(field: Field, value: Scalar): string {
  return field.storage === 'instant' ? `${value}+00` : String(value);
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
  if (field.storage === 'binary') return sql`translate(encode(${column}, 'base64'), E'\n', '')`;
  return field.storage === 'text' ? column : sql`${column}::text`;
}

function jsonList(list: ListSelect): Fragment {
  const order =
    list.order.length === 0
      ? sql``
      : sql` order by ${join(
          list.order.map((term) => orderTerm(term, true)),
          ', ',
        )}`;
  const page = list.limit === undefined && !list.offset ? sql`` : sql` ${postgresDialect.page(list.limit, list.offset ?? 0)}`;
  return sql`(select coalesce(json_agg(l.j), '[]'::json) from (select ${list.row} as j ${list.from}${order}${page}) l)`;
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
  isIn: (field, column, values) => {
    const cast = castOf(field, values);
    const bound = param(values.map((value) => operandText(field, value)));
    return cast === '' ? sql`${column} = any(${bound})` : sql`${column} = any(${bound}::${trusted(cast)}[])`;
  },
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
