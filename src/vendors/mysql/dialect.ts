/** The SQL of MySQL and MariaDB: one dialect in two flavors, which differ in how JSON is made and kept. */
import type { Dialect, ListSelect, OrderTerm, Scalar } from '../../dialect/types.ts';
import { type Fragment, join, name, param, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';

export type Flavor = 'mysql' | 'mariadb';

const literal = (text: string): Fragment => trusted(`'${text.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`);
const everyRow = '18446744073709551615';

/** Fractions of a second without their trailing zeros, as the other vendors print them. */
function trimmed(field: Field, text: Fragment): Fragment {
  const fraction = field.column.precision ?? 0;
  return fraction > 0 ? sql`trim(trailing '.' from trim(trailing '0' from ${text}))` : text;
}

function temporal(field: Field, column: Fragment): Fragment {
  const text = trimmed(field, sql`cast(${column} as char)`);
  if (field.storage === 'date') return sql`nullif(${text}, '0000-00-00')`;
  return field.storage === 'time' ? text : sql`nullif(${text}, '0000-00-00 00:00:00')`;
}

/** Builds the dialect of one flavor. */
export function mysqlDialect(flavor: Flavor): Dialect {
  const mariadb = flavor === 'mariadb';
  /** A JSON text as a JSON value. MariaDB keeps the text as it is; MySQL stores its own form. */
  const parsed = (text: Fragment): Fragment => (mariadb ? sql`json_compact(${text})` : sql`cast(${text} as json)`);
  const truth = (condition: Fragment, column: Fragment): Fragment =>
    mariadb ? condition : sql`case when ${column} is null then null else cast(if(${condition}, 'true', 'false') as json) end`;

  function jsonValue(field: Field, column: Fragment): Fragment {
    const { storage, type } = field;
    if (type === 'array' && storage === 'text') {
      const list = sql`concat('[', replace(json_quote(${column}), ',', '","'), ']')`;
      return parsed(sql`if(${column} is null or ${column} = '', '[]', ${list})`);
    }
    if (storage === 'json' && !mariadb) return column;
    if (storage === 'json' || (type === 'json' && storage === 'text')) {
      return sql`case when json_valid(${column}) then ${parsed(column)} else null end`;
    }
    if (storage === 'boolean') return truth(sql`(${column} + 0) <> 0`, column);
    if (type === 'boolean' && storage === 'integer') return truth(sql`${column} <> 0`, column);
    switch (storage) {
      case 'integer':
      case 'decimal':
      case 'float':
      case 'year':
      case 'text':
      case 'enum':
      case 'set':
        return column;
      case 'bit':
        return sql`(${column} + 0)`;
      case 'date':
      case 'time':
        return temporal(field, column);
      case 'datetime':
      case 'instant': {
        const text = temporal(field, column);
        const iso = field.iso || type === 'datetime_created' || type === 'datetime_updated';
        return iso ? sql`concat(replace(${text}, ' ', 'T'), '+00:00')` : text;
      }
      case 'binary':
        return sql`replace(to_base64(${column}), char(10), '')`;
      case 'geometry':
        return sql`st_astext(${column})`;
      default:
        return sql`cast(${column} as char)`;
    }
  }

  function asText(field: Field, column: Fragment): Fragment {
    if (field.storage === 'binary') return sql`replace(to_base64(${column}), char(10), '')`;
    if (field.storage === 'geometry') return sql`st_astext(${column})`;
    if (field.storage === 'bit' || field.storage === 'boolean') return sql`cast(${column} + 0 as char)`;
    return field.storage === 'text' || field.storage === 'enum' || field.storage === 'set' ? column : sql`cast(${column} as char)`;
  }

  function operand(field: Field, value: Scalar): Fragment {
    const text = typeof value === 'boolean' ? (value ? '1' : '0') : value;
    switch (field.storage) {
      case 'integer':
      case 'year':
      case 'boolean':
      case 'bit':
        return /^-?\d{1,18}$/.test(text) ? sql`cast(${param(text)} as signed)` : sql`cast(${param(text)} as decimal(65, 15))`;
      case 'decimal':
        return sql`cast(${param(text)} as decimal(65, 30))`;
      case 'float':
        return sql`(${param(text)} + 0e0)`;
      default:
        return param(text);
    }
  }

  function isIn(field: Field, column: Fragment, values: readonly Scalar[]): Fragment {
    // Padded to a power of two, so that lists of different length share a statement's text.
    const padded = [...values];
    const last = values[values.length - 1];
    if (last !== undefined) while ((padded.length & (padded.length - 1)) !== 0) padded.push(last);
    return sql`${column} in (${join(
      padded.map((value) => operand(field, value)),
      ', ',
    )})`;
  }

  function orderTerm(term: OrderTerm, nullsLast: boolean): Fragment {
    const direction = term.descending ? sql` desc` : sql``;
    // Descending, NULLs come last anyway.
    const nulls = nullsLast && term.nullable && !term.descending ? sql`${term.expression} is null, ` : sql``;
    return sql`${nulls}${term.expression}${direction}`;
  }

  function page(limit: number | undefined, offset: number): Fragment {
    if (limit === undefined && offset === 0) return sql``;
    return sql`limit ${limit === undefined ? trusted(everyRow) : param(limit)} offset ${param(offset)}`;
  }

  function jsonList(list: ListSelect): Fragment {
    const limited = list.limit !== undefined || Boolean(list.offset);
    if (mariadb) {
      // Derived tables cannot see outer columns here, but the aggregate itself takes an order and a limit.
      const limit = limited
        ? sql` limit ${list.limit === undefined ? trusted(everyRow) : param(list.limit)} offset ${param(list.offset ?? 0)}`
        : sql``;
      return sql`json_compact((select coalesce(json_arrayagg(${list.row}${list.order}${limit}), json_array()) ${list.from}))`;
    }
    // A derived table with a limit keeps its order; without one the server is free to drop it.
    const bounds = limited ? page(list.limit, list.offset ?? 0) : trusted(`limit ${everyRow}`);
    return sql`(select coalesce(json_arrayagg(l.j), json_array()) from (select ${list.row} as j ${list.from}${list.order} ${bounds}) l)`;
  }

  return {
    vendor: 'mysql2',
    identifier: (text) => `\`${text.replace(/`/g, '``')}\``,
    parameter: () => '?',
    jsonValue,
    jsonObject: (pairs) =>
      sql`json_object(${join(
        pairs.map(([key, value]) => sql`${literal(key)}, ${value}`),
        ', ',
      )})`,
    jsonText: (json) => (mariadb ? json : sql`cast(${json} as char)`),
    asJson: (json) => (mariadb ? sql`json_compact(${json})` : json),
    jsonConstant: (json) => parsed(literal(json)),
    jsonList,
    jsonMap: (select, key, value) => {
      const map = sql`(select coalesce(json_objectagg(m.${name(key)}, m.${name(value)}), json_object()) from (${select}) m)`;
      return mariadb ? sql`json_compact(${map})` : map;
    },
    comparable: (field, column) =>
      field.storage === 'geometry' || field.storage === 'json' || field.storage === 'unknown' || field.storage === 'binary'
        ? asText(field, column)
        : column,
    operand,
    exactly: (field, column, value) =>
      field.storage === 'text' || field.storage === 'enum'
        ? sql`(${column} = ${operand(field, value)} and cast(convert(${column} using utf8mb4) as binary) = cast(${operand(field, value)} as binary))`
        : sql`${column} = ${operand(field, value)}`,
    isIn,
    // In lower case on both sides, since a column's collation may tell cases apart.
    like: (field, column, pattern) => sql`lower(${asText(field, column)}) like ${param(pattern.toLowerCase())}`,
    text: asText,
    orderTerm,
    random: () => sql`rand()`,
    page,
  };
}
