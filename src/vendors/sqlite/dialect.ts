/** SQLite's own SQL. Columns hold whatever was stored, so every JSON form looks at the stored type where it matters. */
import type { Dialect, ListSelect, OrderTerm, TextOrder } from '../../dialect/types.ts';
import { type Fragment, join, name, nothing, param, sql, trusted } from '../../lib/fragment.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { sqliteAggregates } from './aggregates.ts';
import { comparisons } from './compare.ts';
import { formed } from './forms.ts';
import { sqliteKeys } from './keys.ts';
import { sqlitePlan } from './plan.ts';
import { sqlitePoints } from './points.ts';
import { sortKey } from './sort-key.ts';
import { stored } from './stored.ts';
import { textMatch } from './text-match.ts';
import { isTrue } from './truth.ts';

const literal = (text: string): Fragment => trusted(`'${text.replace(/'/g, "''")}'`);

/** A double in its shortest spelling; the server's own has up to two digits more. */
const shortest = (column: Fragment): Fragment => sql`json(sallyport_float(${column}))`;

/** JSON cannot hold a blob, and any column may hold one. The functions are ours (functions.ts). */
function guarded(column: Fragment): Fragment {
  return sql`case typeof(${column}) when 'blob' then sallyport_base64(${column}) when 'real' then ${shortest(column)} else ${column} end`;
}

/** Decimals with the digits their declaration promises, as the other vendors print them. */
function decimal(field: Field, column: Fragment): Fragment {
  const scale = field.column.scale ?? 0;
  if (scale <= 0) return guarded(column);
  const zeros = '0'.repeat(scale);
  // A column holds more digits than it declares when they were stored: those are not rounded away.
  const printed = sql`printf(${literal(`%.${scale}f`)}, ${column})`;
  return sql`case typeof(${column}) when 'real' then iif(cast(${printed} as real) = ${column}, json(${printed}), ${shortest(column)}) when 'integer' then json(${column} || ${literal(`.${zeros}`)}) else ${guarded(column)} end`;
}

function iso(column: Fragment): Fragment {
  const plain = sql`${column} glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]*' and ${column} not glob '*[+Z]*'`;
  return sql`case when ${column} is null then null when ${plain} then replace(${column}, ' ', 'T') || '+00:00' when ${column} glob '*T*Z' then replace(${column}, 'Z', '+00:00') else coalesce(strftime('%Y-%m-%dT%H:%M:%S', ${column}) || '+00:00', ${guarded(column)}) end`;
}

function truth(column: Fragment): Fragment {
  return sql`case when ${column} is null then null when ${isTrue(column)} then json('true') else json('false') end`;
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

function orderTerm(term: OrderTerm, wanted: 'first' | 'last'): Fragment {
  const direction = term.descending ? sql` desc` : sql``;
  const given = term.descending ? 'last' : 'first';
  const nulls = term.nullable && wanted !== given ? trusted(` nulls ${wanted}`) : sql``;
  return sql`${term.expression}${direction}${nulls}`;
}

function page(limit: number | undefined, offset: number): Fragment {
  if (limit === undefined && offset === 0) return sql``;
  return sql`limit ${param(limit ?? -1)} offset ${param(offset)}`;
}

const skip = (offset: number): Fragment => (offset === 0 ? sql`` : sql` offset ${param(offset)}`);

function jsonList(list: ListSelect): Fragment {
  // With a limit the sub-select cannot be merged into the aggregate, which would lose its order.
  const { atMost, limit, offset = 0 } = list;
  const made = sql`json_group_array(json(l.j))`;
  const value = atMost ? sql`case when count(*) > ${trusted(String(atMost.rows))} then ${atMost.else} else ${made} end` : made;
  const most = atMost ? String(atMost.rows + 1) : '-1';
  const bounds = limit !== undefined || (offset > 0 && !atMost) ? page(limit, offset) : sql`limit ${trusted(most)}${skip(offset)}`;
  return sql`json((select ${value} from (select ${list.row} as j ${list.from}${list.order} ${bounds}) l))`;
}

/** Of this many rows one looks at the clock; a prime, so that keys that come in steps do not pass it by. */
const stride = 251;
const mostColumns = 64;

/**
 * A call for each row costs 85 ns, as much as the row itself; by the row's number, which costs 16, most rows go without. A view may be a
 * join, of which only a condition on its own columns sees every row.
 */
function scanPulse(collection: Collection, alias: string): Fragment {
  const [key, ...more] = collection.key;
  if (key?.column.autoIncrement && more.length === 0)
    return sql`(${name(alias, key.column.name)} % ${trusted(String(stride))} or sallyport_tick())`;
  if (collection.kind !== 'view') return sql`sallyport_pulse()`;
  const columns = [...collection.fields.values()].slice(0, mostColumns).map((field) => sql`(${name(alias, field.column.name)} is null)`);
  return columns.length === 0 ? sql`sallyport_pulse()` : sql`sallyport_pulse(${join(columns, ' + ')})`;
}

/** The dialect by the project's rule for text. */
export function sqliteDialect(textOrder: TextOrder = 'portable'): Dialect {
  const compared = comparisons(textOrder);
  return {
    vendor: 'better-sqlite3',
    identifier: (text) => `"${text.replace(/"/g, '""')}"`,
    parameter: () => '?',
    jsonValue,
    formed: (field, column, form) => formed(field, column, form, { plain: jsonValue, text: (one, of) => compared.text(one, of) }),
    jsonObject: (pairs) =>
      sql`json_object(${join(
        pairs.map(([key, value]) => sql`${literal(key)}, ${value}`),
        ', ',
      )})`,
    jsonText: (json) => json,
    asJson: (json) => sql`json(${json})`,
    // A value that is JSON already stays as it is.
    jsonScalar: (value) => sql`json(nullif(json_quote(${value}), 'null'))`,
    jsonConstant: (json) => sql`json(${literal(json)})`,
    jsonList,
    jsonMap: (select, key, value) => sql`json((select json_group_object(m.${name(key)}, m.${name(value)}) from (${select}) m))`,
    stored,
    ...compared,
    sortKey,
    textMatch,
    orderTerm,
    random: () => sql`random()`,
    materialized: sql`materialized`,
    aggregates: sqliteAggregates,
    points: sqlitePoints,
    plan: sqlitePlan,
    returning: { insert: true, update: true, delete: true },
    native: textOrder === 'native',
    forUpdate: nothing,
    keys: sqliteKeys(({ field, column }) => compared.text(field, column)),
    pulse: sql`sallyport_pulse()`,
    scanPulse,
    page,
  };
}
