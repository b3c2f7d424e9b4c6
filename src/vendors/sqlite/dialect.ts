/** SQLite's own SQL. Columns hold whatever was stored, so every JSON form looks at the stored type where it matters. */
import type { Dialect, ListSelect, OrderTerm, Scalar } from '../../dialect/types.ts';
import { type Fragment, join, name, param, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';

const literal = (text: string): Fragment => trusted(`'${text.replace(/'/g, "''")}'`);

/** JSON cannot hold a blob, and any column may hold one. `sallyport_base64` is ours (connection.ts). */
function guarded(column: Fragment): Fragment {
  return sql`iif(typeof(${column}) = 'blob', sallyport_base64(${column}), ${column})`;
}

/** Decimals with the digits their declaration promises, as the other vendors print them. */
function decimal(field: Field, column: Fragment): Fragment {
  const scale = field.column.scale ?? 0;
  if (scale <= 0) return guarded(column);
  const zeros = '0'.repeat(scale);
  // A column holds more digits than it declares when they were stored: those are not rounded away.
  const printed = sql`printf(${literal(`%.${scale}f`)}, ${column})`;
  return sql`case typeof(${column}) when 'real' then iif(cast(${printed} as real) = ${column}, json(${printed}), ${column}) when 'integer' then json(${column} || ${literal(`.${zeros}`)}) else ${guarded(column)} end`;
}

function iso(column: Fragment): Fragment {
  const plain = sql`${column} glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]*' and ${column} not glob '*[+Z]*'`;
  return sql`case when ${column} is null then null when ${plain} then replace(${column}, ' ', 'T') || '+00:00' when ${column} glob '*T*Z' then replace(${column}, 'Z', '+00:00') else coalesce(strftime('%Y-%m-%dT%H:%M:%S', ${column}) || '+00:00', ${guarded(column)}) end`;
}

function truth(column: Fragment): Fragment {
  const words = sql`lower(${column}) in ('1', 't', 'true', 'y', 'yes', 'on')`;
  return sql`case when ${column} is null then null when iif(typeof(${column}) = 'text', ${words}, ${column}) then json('true') else json('false') end`;
}

function jsonValue(field: Field, column: Fragment): Fragment {
  const { storage, type } = field;
  if (type === 'array' && storage === 'text') {
    const list = sql`'[' || replace(json_quote(cast(${column} as text)), ',', '","') || ']'`;
    return sql`json(case when ${column} is null or ${column} = '' then '[]' else ${list} end)`;
  }
  if (storage === 'json' || (type === 'json' && storage === 'text')) return sql`case when json_valid(${column}) then json(${column}) end`;
  if (storage === 'boolean' || (type === 'boolean' && storage === 'integer')) return truth(column);
  if (storage === 'decimal') return decimal(field, column);
  if ((storage === 'datetime' || storage === 'instant') && (field.iso || type === 'datetime_created' || type === 'datetime_updated'))
    return iso(column);
  return guarded(column);
}

/** A number as SQLite would store it: exact in 64 bits, else a double. */
function numeric(text: string): unknown {
  if (/^-?\d{1,19}$/.test(text)) {
    const whole = BigInt(text);
    if (BigInt.asIntN(64, whole) === whole) return whole;
  }
  return Number(text);
}

const numbers = new Set(['integer', 'decimal', 'float', 'year', 'bit']);

function bound(field: Field, value: Scalar): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return numbers.has(field.storage) ? numeric(value) : value;
}

/** The same as one JSON list, its 64-bit integers spelled out. */
function listText(field: Field, values: readonly Scalar[]): string {
  return `[${values
    .map((value) => {
      const one = bound(field, value);
      return typeof one === 'bigint' || typeof one === 'number' ? String(one) : JSON.stringify(one);
    })
    .join(',')}]`;
}

function asText(field: Field, column: Fragment): Fragment {
  if (field.storage === 'binary') return sql`sallyport_base64(${column})`;
  if (field.storage === 'text') return column;
  // LIKE on a decimal sees the digits a reader sees.
  if (field.storage === 'decimal' && (field.column.scale ?? 0) > 0)
    return sql`printf(${literal(`%.${field.column.scale ?? 0}f`)}, ${column})`;
  return sql`cast(${column} as text)`;
}

function orderTerm(term: OrderTerm, nullsLast: boolean): Fragment {
  const direction = term.descending ? sql` desc` : sql``;
  const nulls = nullsLast && term.nullable && !term.descending ? sql` nulls last` : sql``;
  return sql`${term.expression}${direction}${nulls}`;
}

function page(limit: number | undefined, offset: number): Fragment {
  if (limit === undefined && offset === 0) return sql``;
  return sql`limit ${param(limit ?? -1)} offset ${param(offset)}`;
}

function jsonList(list: ListSelect): Fragment {
  // With a limit the sub-select cannot be merged into the aggregate, which would lose its order.
  const bounds = list.limit === undefined && !list.offset ? trusted('limit -1') : page(list.limit, list.offset ?? 0);
  return sql`json((select json_group_array(json(l.j)) from (select ${list.row} as j ${list.from}${list.order} ${bounds}) l))`;
}

const textual = new Set(['unknown', 'json', 'binary', 'array', 'range', 'geometry', 'interval']);

export const sqliteDialect: Dialect = {
  vendor: 'better-sqlite3',
  identifier: (text) => `"${text.replace(/"/g, '""')}"`,
  parameter: () => '?',
  jsonValue,
  jsonObject: (pairs) =>
    sql`json_object(${join(
      pairs.map(([key, value]) => sql`${literal(key)}, ${value}`),
      ', ',
    )})`,
  jsonText: (json) => json,
  asJson: (json) => sql`json(${json})`,
  jsonConstant: (json) => sql`json(${literal(json)})`,
  jsonList,
  jsonMap: (select, key, value) => sql`json((select json_group_object(m.${name(key)}, m.${name(value)}) from (${select}) m))`,
  comparable: (field, column) => (textual.has(field.storage) ? asText(field, column) : column),
  operand: (field, value) => param(bound(field, value)),
  exactly: (field, column, value) =>
    field.storage === 'text'
      ? sql`(${column} = ${param(bound(field, value))} and ${column} = ${param(bound(field, value))} collate binary)`
      : sql`${column} = ${param(bound(field, value))}`,
  isIn: (field, column, values) => sql`${column} in (select value from json_each(${param(listText(field, values))}))`,
  like: (field, column, pattern) => sql`${asText(field, column)} like ${param(pattern)} escape '\\'`,
  text: asText,
  orderTerm,
  random: () => sql`random()`,
  pulse: sql`sallyport_pulse()`,
  page,
};
