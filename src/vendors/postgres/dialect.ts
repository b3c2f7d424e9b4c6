/** PostgreSQL's own SQL: JSON forms, lists as lateral-free scalar sub-selects; how columns compare is in compare.ts. */
import { randomBytes } from 'node:crypto';
import type { Dialect, JsonTexts, ListSelect, OrderTerm, TextOrder } from '../../dialect/types.ts';
import { type Fragment, join, name, type Printer, param, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';
import { postgresAggregates } from './aggregates.ts';
import { cellOf } from './cells.ts';
import type { TextSupport } from './collations.ts';
import { base64, comparisons, isText } from './compare.ts';
import { formed, formedCell, jsonScalar } from './forms.ts';
import { deleteWithHistory, history } from './history.ts';
import { postgresKeys } from './keys.ts';
import { postgresPlan } from './plan.ts';
import { postgresPoints } from './points.ts';
import { stored, storedValue } from './stored.ts';
import { textMatch } from './text-match.ts';

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

const jsonText = (json: Fragment): Fragment => sql`(${json})::text`;

/** An object made by the server within another one is copied twice; its text, once. */
const jsonTexts: JsonTexts = {
  joined: (pieces) =>
    join(
      pieces.map((piece) => (typeof piece === 'string' ? literal(piece) : sql`coalesce(${jsonText(jsonScalar(piece))}, 'null')`)),
      ' || ',
    ),
  list(list) {
    const { atMost } = list;
    const texts = atMost ? { ...list, atMost: { ...atMost, else: jsonText(atMost.else) } } : list;
    return listOf(texts, sql`coalesce('[' || string_agg(l.j, ', ') || ']', '[]')`);
  },
};

const jsonList = (list: ListSelect): Fragment => listOf(list, sql`coalesce(json_agg(l.j), '[]'::json)`);

/** `made` puts the rows together, which are `l.j`. */
function listOf(list: ListSelect, made: Fragment): Fragment {
  const { atMost, offset = 0 } = list;
  if (!atMost) {
    const bounds = list.limit === undefined && offset === 0 ? sql`` : sql` ${page(list.limit, offset)}`;
    return sql`(select ${made} from (select ${list.row} as j ${list.from}${list.order}${bounds}) l)`;
  }
  // Written out, so that the planner knows that it is far away.
  const bounds = sql` limit ${trusted(String(atMost.rows + 1))}${offset === 0 ? sql`` : sql` offset ${param(String(offset))}`}`;
  const value = sql`case when count(*) > ${trusted(String(atMost.rows))} then ${atMost.else} else ${made} end`;
  return sql`(select ${value} from (select ${list.row} as j ${list.from}${list.order}${bounds}) l)`;
}

/** The limit is written out, so that a plan for all values knows how few rows are wanted; places in a list are many, and bound. */
function page(limit: number | undefined, offset: number): Fragment {
  const limited = limit === undefined ? sql`` : sql`limit ${Number.isSafeInteger(limit) ? trusted(String(limit)) : param(String(limit))}`;
  return offset === 0 ? limited : sql`${limited} offset ${param(String(offset))}`;
}

/** By itself the server takes NULL for the highest value; only where it has to be told otherwise an index may not serve. */
function orderTerm(term: OrderTerm, wanted: 'first' | 'last'): Fragment {
  const direction = term.descending ? sql` desc` : sql``;
  const given = term.descending ? 'first' : 'last';
  const nulls = term.nullable && wanted !== given ? trusted(` nulls ${wanted}`) : sql``;
  return sql`${term.expression}${direction}${nulls}`;
}

const printer: Printer = {
  identifier: (text) => `"${text.replace(/"/g, '""')}"`,
  parameter: (index) => `$${index}`,
};

/** The dialect of a server whose text works so, by the project's rule for text. */
export function postgresDialect(support: TextSupport, textOrder: TextOrder = 'portable'): Dialect {
  const compared = comparisons(support, textOrder);
  return {
    vendor: 'pg',
    ...printer,
    jsonValue,
    formed: (field, column, form) => formed(field, column, form, jsonValue),
    cell: (field, column, form = 'plain') =>
      (form === 'plain' ? undefined : formedCell(field, column, form)) ?? cellOf(field, column, jsonValue),
    jsonObject,
    jsonText,
    jsonTexts,
    asJson: (json) => json,
    jsonScalar,
    jsonConstant: (json) => sql`${literal(json)}::json`,
    jsonList,
    jsonMap: (select, key, value) =>
      sql`(select coalesce(json_object_agg(m.${name(key)}, m.${name(value)}), '{}'::json) from (${select}) m)`,
    stored,
    storedValue,
    ...compared,
    // Without a cast an operand is taken for what it is compared with, and a text of the server's own is that value again.
    sortKey: (_, ordered) => ({ cell: ordered, compared: ordered, operand: param }),
    textMatch,
    orderTerm,
    indexNullsFirst: (descending) => descending,
    random: () => sql`random()`,
    materialized: sql`materialized`,
    aggregates: postgresAggregates,
    points: postgresPoints,
    plan: postgresPlan,
    checkConstraints: trusted('set constraints all immediate'),
    returning: { insert: true, update: true, delete: true },
    history: (tables, author, rows) => history(tables, author, rows, printer),
    deleteWithHistory: (deletion, tables, author, row) => deleteWithHistory(deletion, tables, author, row, printer),
    native: textOrder === 'native',
    forUpdate: sql` for update`,
    defaultValue: sql`default`,
    keys: postgresKeys(({ field, column }) => compared.text(field, column)),
    page,
    // The planner takes any limit as a reason to put off what is costly until rows are ordered, and this one for none.
    everyRow: sql` limit all`,
    finish: (row) => (row.includes(mark.slice(1)) ? unmark(row) : row),
  };
}
