/** The SQL of MySQL and MariaDB: one dialect in two flavors, which differ in how JSON is made and kept. */
import type { Dialect, ListSelect, OrderTerm, TextOrder } from '../../dialect/types.ts';
import { type Fragment, join, name, param, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';
import { mysqlAggregates } from './aggregates.ts';
import { base64, comparisons, single, unicode, unpadded } from './compare.ts';
import { formed } from './forms.ts';
import { mysqlKeys } from './keys.ts';
import { mysqlPlan } from './plan.ts';
import { mysqlPoints } from './points.ts';
import { sortKey } from './sort-key.ts';
import { stored } from './stored.ts';
import { textMatch } from './text-match.ts';

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

/** Builds the dialect of one flavor, by the project's rule for text. */
export function mysqlDialect(flavor: Flavor, textOrder: TextOrder = 'portable'): Dialect {
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
        return unpadded(field, column);
      case 'float':
        return field.column.type === 'float' ? single(column) : unpadded(field, column);
      case 'text':
      case 'enum':
      case 'set':
        // An object of texts of several collations is refused there.
        return mariadb ? sql`${unicode(field, column)} collate utf8mb4_bin` : column;
      case 'bit':
      // The year 0 would be 0000, which is no number of JSON.
      case 'year':
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
        return base64(column);
      case 'geometry':
        return sql`st_astext(${column})`;
      default:
        return sql`cast(${column} as char)`;
    }
  }

  function orderTerm(term: OrderTerm, wanted: 'first' | 'last'): Fragment {
    const direction = term.descending ? sql` desc` : sql``;
    const given = term.descending ? 'last' : 'first';
    const apart = wanted === 'last' ? sql`${term.expression} is null, ` : sql`${term.expression} is not null, `;
    const nulls = term.nullable && wanted !== given ? apart : sql``;
    return sql`${nulls}${term.expression}${direction}`;
  }

  function page(limit: number | undefined, offset: number): Fragment {
    if (limit === undefined && offset === 0) return sql``;
    return sql`limit ${limit === undefined ? trusted(everyRow) : param(limit)} offset ${param(offset)}`;
  }

  function jsonList(list: ListSelect): Fragment {
    const { atMost, offset = 0 } = list;
    const limited = list.limit !== undefined || offset > 0;
    const most = trusted(atMost ? String(atMost.rows + 1) : everyRow);
    /** The list, or what stands for one that is too long. */
    const value = (made: Fragment, count: Fragment): Fragment =>
      atMost ? sql`if(${count} > ${trusted(String(atMost.rows))}, ${atMost.else}, ${made})` : made;
    if (mariadb) {
      // Derived tables cannot see outer columns here, but the aggregate itself takes an order and a limit.
      const limit = limited
        ? sql` limit ${list.limit === undefined ? most : param(list.limit)} offset ${param(offset)}`
        : atMost
          ? sql` limit ${most}`
          : sql``;
      const made = sql`coalesce(json_arrayagg(${list.row}${list.order}${limit}), json_array())`;
      return sql`json_compact((select ${value(made, offset > 0 ? sql`count(*) - ${param(offset)}` : sql`count(*)`)} ${list.from}))`;
    }
    // A derived table with a limit keeps its order; without one the server is free to drop it.
    const bounds =
      list.limit === undefined ? sql`limit ${most}${offset > 0 ? sql` offset ${param(offset)}` : sql``}` : page(list.limit, offset);
    const made = value(sql`coalesce(json_arrayagg(l.j), json_array())`, sql`count(*)`);
    return sql`(select ${made} from (select ${list.row} as j ${list.from}${list.order} ${bounds}) l)`;
  }

  const points = mysqlPoints(mariadb);
  const { bytes, ...compared } = comparisons(flavor, textOrder, temporal);
  const jsonString = (field: Field, column: Fragment): Fragment => {
    const text = compared.text(field, column);
    // As texts have it: an object of texts of several collations is refused there.
    return mariadb ? sql`${unicode(field, text)} collate utf8mb4_bin` : text;
  };
  return {
    vendor: 'mysql2',
    identifier: (text) => `\`${text.replace(/`/g, '``')}\``,
    parameter: () => '?',
    jsonValue,
    formed: (field, column, form) => formed(field, column, form, { plain: jsonValue, text: jsonString, parsed, points }),
    jsonObject: (pairs) =>
      sql`json_object(${join(
        pairs.map(([key, value]) => sql`${literal(key)}, ${value}`),
        ', ',
      )})`,
    jsonText: (json) => (mariadb ? json : sql`cast(${json} as char)`),
    asJson: (json) => (mariadb ? sql`json_compact(${json})` : json),
    jsonScalar: (value) => {
      const text = sql`nullif(cast(json_extract(json_array(${value}), '$[0]') as char), 'null')`;
      return parsed(text);
    },
    jsonConstant: (json) => parsed(literal(json)),
    jsonList,
    jsonMap: (select, key, value) => {
      const map = sql`(select coalesce(json_objectagg(m.${name(key)}, m.${name(value)}), json_object()) from (${select}) m)`;
      return mariadb ? sql`json_compact(${map})` : map;
    },
    stored: (field, value) => stored(field, value, mariadb),
    ...compared,
    sortKey,
    textMatch,
    orderTerm,
    indexNullsFirst: (descending) => !descending,
    random: () => sql`rand()`,
    aggregates: mysqlAggregates,
    points,
    plan: mysqlPlan(flavor),
    // MariaDB's DELETE gives back rows only in the form without an alias, which a rule needs.
    returning: { insert: mariadb, update: false, delete: false },
    deletesByAlias: true,
    snapshotReads: true,
    native: textOrder === 'native',
    forUpdate: sql` for update`,
    defaultValue: sql`default`,
    keys: mysqlKeys(({ field, column }) => bytes(field, column)),
    page,
  };
}
