/** An authorised read as ONE statement: the page first, then the JSON of its rows, then the counts beside them. */
import type { Authorized } from '../access/types.ts';
import type { Dialect } from '../dialect/types.ts';
import { type Fragment, join, name, nothing, print, type Statement, sql } from '../lib/fragment.ts';
import { allOf } from '../query/filters.ts';
import type { Filter, Output, ReadQuery, Template } from '../query/types.ts';
import type { Field } from '../schema/types.ts';
import { orderClause, row } from './row.ts';
import { column, createScope, type Scope, table, whereClause } from './scope.ts';
import { condition } from './where.ts';

/** What the rows of the result are: the row's JSON text alone, or the counts' JSON text before it. */
export interface CompiledRead {
  readonly statement: Statement;
  readonly counted: boolean;
}

/** Prints the read. Rows come as one text each; with counts, as two columns, and at least one row. */
export function compileRead(query: Authorized<ReadQuery>, dialect: Dialect, options: { nullsLast: boolean }): CompiledRead {
  const scope = createScope(dialect, options.nullsLast);
  const counts = countPairs(query, scope);
  const found = page(query, scope);
  const text = dialect.jsonText(found.json);
  if (counts.length === 0) return { statement: print(sql`select ${text} as j ${found.from}${found.order}`, dialect), counted: false };
  // Beside the counts a row keeps its place by its number; an empty page still has its counts.
  const rows = sql`select ${text} as j, row_number() over (${found.fullOrder}) as n ${found.from}`;
  const beside = sql`select c.c, p.j from (select ${dialect.jsonText(dialect.jsonObject(counts))} as c) c left join (${rows}) p on 1 = 1 order by p.n`;
  return { statement: print(beside, dialect), counted: true };
}

interface Page {
  json: Fragment;
  from: Fragment;
  /** The order the outer rows still need. */
  order: Fragment;
  /** The whole order, on the outer rows. */
  fullOrder: Fragment;
}

/**
 * With a limit, an inner select finds the page and everything nested hangs on its rows only; otherwise the database would make
 * the JSON of rows that the limit then drops.
 */
function page(query: ReadQuery, scope: Scope): Page {
  const base = scope.alias();
  const where = condition(query.where, base, scope);
  const from = sql`from ${table(query.collection, base)}`;
  if (query.limit === undefined && query.offset === 0) {
    const made = row(query.template, query.cases, base, scope);
    const order = orderClause(query.order, base, scope);
    return { json: made.json, from: sql`${from}${made.joins}${whereClause(where)}`, order, fullOrder: order };
  }
  const paged = scope.alias();
  const needed = new Map(neededFields(query.template, query).map((field) => [field.name, field]));
  const random = query.order === 'random';
  if (query.order !== 'random') for (const term of query.order) needed.set(term.field.name, term.field);
  const columns = [...needed.values()].map((field) => column(base, field));
  const order = orderClause(query.order, base, scope);
  const inner = sql`select ${columns.length === 0 ? sql`1 as x` : join(columns, ', ')} ${from}${whereClause(where)}${order} ${scope.dialect.page(query.limit, query.offset)}`;
  const made = row(query.template, query.cases, paged, scope);
  // Joins may change the order of the page; without any, its rows come as they were found.
  const fullOrder = random ? nothing : orderClause(query.order, paged, scope);
  const again = made.joins.pieces.length > 0 ? fullOrder : nothing;
  return { json: made.json, from: sql`from (${inner}) ${name(paged)}${made.joins}`, order: again, fullOrder };
}

/** The columns of the page that its outputs and conditions look at. */
function neededFields(template: Template, query: Pick<ReadQuery, 'cases'>): Field[] {
  const fields: Field[] = [];
  const visit = (output: Output): void => {
    if (output.is === 'field' || output.is === 'stub') fields.push(output.field);
    else if (output.is === 'group') for (const inner of output.of.values()) visit(inner);
    else if (output.is === 'relation') {
      const { relation } = output;
      for (const pair of relation.kind === 'm2m' ? relation.near : relation.join) fields.push(pair.from);
    }
  };
  for (const output of template.values()) visit(output);
  for (const one of query.cases ?? []) filterFields(one.when, fields);
  return fields;
}

function filterFields(filter: Filter, fields: Field[]): void {
  if (filter.is === 'all' || filter.is === 'any') for (const part of filter.of) filterFields(part, fields);
  else if (filter.is === 'not') filterFields(filter.of, fields);
  else if (filter.is === 'some' || filter.is === 'count') {
    const { relation } = filter;
    for (const pair of relation.kind === 'm2m' ? relation.near : relation.join) fields.push(pair.from);
  } else if (filter.is === 'compare' || filter.is === 'null' || filter.is === 'like') fields.push(filter.field);
}

/** Counts as scalar sub-selects under the names of ReadCounts. */
function countPairs(query: ReadQuery, scope: Scope): [string, Fragment][] {
  const pairs: [string, Fragment][] = [];
  const count = (filter: Filter): Fragment => {
    const alias = scope.alias();
    return sql`(select count(*) from ${table(query.collection, alias)}${whereClause(condition(filter, alias, scope))})`;
  };
  if (query.counts.filtered) pairs.push(['filtered', count(query.where)]);
  if (query.counts.total) pairs.push(['total', count(query.readable?.total ?? { is: 'never' })]);
  const status = query.collection.status?.field;
  if (query.counts.byStatus && status) {
    const alias = scope.alias();
    const notNull: Filter = { is: 'null', field: status, negated: true };
    const where = condition(allOf([query.readable?.byStatus ?? { is: 'never' }, notNull]), alias, scope);
    const value = scope.dialect.text(status, column(alias, status));
    const select = sql`select ${value} as s, count(*) as n from ${table(query.collection, alias)}${whereClause(where)} group by ${value}`;
    pairs.push(['byStatus', scope.dialect.jsonMap(select, 's', 'n')]);
  }
  return pairs;
}
