/** An authorised read as ONE statement: the page first, then the JSON of its rows, then the counts beside them. */
import type { Authorized } from '../access/types.ts';
import type { Dialect, TextRow } from '../dialect/types.ts';
import { type Fragment, join, name, nothing, print, type Statement, sql } from '../lib/fragment.ts';
import type { CursorPosition } from '../query/cursor.ts';
import { allOf } from '../query/filters.ts';
import type { Filter, ReadQuery } from '../query/types.ts';
import { amongOf, beyond } from './among.ts';
import { type CellsWriter, cells } from './cells.ts';
import { type Each, eachAgain, eachLabels, eachOf, finding } from './each.ts';
import { keysetPage } from './keyset.ts';
import { type Matched, matchedOnce } from './matched.ts';
import { neededFields } from './needed.ts';
import { splitPage, splitTerm } from './null-split.ts';
import { carried, type Ordered, orderClause, ordered, turnedRound } from './order.ts';
import { hasGuardedList } from './overflow.ts';
import { scanned } from './scan.ts';
import { column, createScope, type Scope, table, whereClause } from './scope.ts';
import { condition } from './where.ts';

/** A row of the result as one JSON object; undefined for a row that holds none of the page (counts of an empty page). */
export type RowWriter = (cells: TextRow) => string | undefined;

export interface CompiledRead {
  readonly statement: Statement;
  /** The first cell of each row holds the counts' JSON text. */
  readonly counted: boolean;
  /** A row may hold the mark of a list that is too long. */
  readonly guarded: boolean;
  /** More rows than this are too many. */
  readonly most?: number;
  /** Where the cells are of a row's sort keys, for a read that is followed. There is one row more than was asked for. */
  readonly sortKeys?: { readonly first: number; readonly count: number };
  readonly write: RowWriter;
}

export interface ReadOptions {
  readonly nullsLast: boolean;
  /** A condition that is the same for every row; where it does not hold there are no rows at all, not even counts. */
  readonly proof?: Fragment | undefined;
  /** The rows come with their sort keys; with `after`, those behind that position are read. `backward`: in the order turned round. */
  readonly follow?: { readonly after?: CursorPosition; readonly backward?: boolean } | undefined;
}

/** Cells before those of the row, beside counts: the counts and the row's number. */
const beside = 2;

/** Prints the read. With counts there is at least one row, which may hold nothing but them. */
export function compileRead(asked: Authorized<ReadQuery>, dialect: Dialect, options: ReadOptions): CompiledRead {
  const scope = createScope(dialect, options.nullsLast, eachLabels(asked));
  const { follow } = options;
  const order = follow?.backward && asked.order !== 'random' ? turnedRound(asked.order) : asked.order;
  const query = follow && asked.limit !== undefined ? { ...asked, order, limit: asked.limit + 1 } : { ...asked, order };
  const matched = follow?.after ? undefined : matchedOnce(query, scope);
  const counts = countPairs(query, matched, scope);
  const guarded = hasGuardedList(query.template);
  const found = page(query, scope, { follow, ...(counts.length === 0 ? { first: 0, proof: options.proof } : { first: beside, matched }) });
  const about = {
    guarded,
    ...(query.most === undefined ? {} : { most: query.most }),
    ...(found.sortKeys ? { sortKeys: found.sortKeys } : {}),
  };
  if (counts.length === 0) {
    const statement = print(sql`select ${join(found.columns, ', ')} ${found.from}${found.order}`, dialect);
    return { statement, counted: false, ...about, write: found.write };
  }
  // Beside the counts a row keeps its place by its number; an empty page still has its counts.
  const names = found.columns.map((_, i) => name(`c${i}`));
  const columns = found.columns.map((value, i) => sql`${value} as ${names[i] ?? nothing}`);
  const rows = sql`select ${join(columns, ', ')}, row_number() over (${found.fullOrder}) as n ${found.from}`;
  const shown = names.map((column) => sql`p.${column}`);
  const counted = sql`${matched?.clause ?? nothing}select c.c, p.n, ${join(shown, ', ')} from (select ${dialect.jsonText(dialect.jsonObject(counts))} as c) c left join (${rows}) p on 1 = 1${whereClause(options.proof)} order by p.n`;
  return {
    statement: print(counted, dialect),
    counted: true,
    ...about,
    write: (cells) => (cells[1] === null ? undefined : found.write(cells)),
  };
}

/** The counts of a read alone, as one JSON text. */
export function compileCounts(query: Authorized<ReadQuery>, dialect: Dialect): Statement {
  const counts = dialect.jsonObject(countPairs(query, undefined, createScope(dialect, false)));
  return print(sql`select ${dialect.jsonText(counts)} as c`, dialect);
}

interface Page {
  columns: readonly Fragment[];
  write: CellsWriter;
  from: Fragment;
  /** The order the outer rows still need. */
  order: Fragment;
  /** The whole order, on the outer rows. */
  fullOrder: Fragment;
  sortKeys?: CompiledRead['sortKeys'];
}

interface PageOptions {
  /** Cells before those of the row. */
  readonly first: number;
  readonly proof?: Fragment | undefined;
  readonly matched?: Matched | undefined;
  readonly follow?: ReadOptions['follow'];
}

/**
 * With a limit, an inner select finds the page and everything nested hangs on its rows only; otherwise the database would make
 * the JSON of rows that the limit then drops.
 */
function page(query: ReadQuery, scope: Scope, { first, proof, matched, follow }: PageOptions): Page {
  const base = scope.alias();
  if (query.limit === undefined && query.offset === 0 && !query.each) {
    const where = scanned(query.collection, query.where, base, scope);
    const from = sql`from ${table(query.collection, base)}`;
    const made = cells(query.template, query.cases, base, scope, first);
    const order = ordered(query.order, base, scope);
    const joins = sql`${made.joins}${order.joins}`;
    return {
      ...made,
      from: sql`${from}${joins}${whereClause(both(where, proof))}`,
      order: sql`${order.clause}${scope.dialect.everyRow ?? nothing}`,
      fullOrder: order.clause,
    };
  }
  if (first === 0 && !follow && !query.each && query.order !== 'random' && areColumns(query, base, scope) && !splitTerm(query, scope)) {
    return { ...cells(query.template, undefined, base, scope, first), ...directPage(query, proof, base, scope) };
  }
  const paged = scope.alias();
  const found = finding(query, scope);
  const needed = new Map(neededFields(query.template, query).map((field) => [field.name, field]));
  const terms = query.order === 'random' ? [] : query.order;
  for (const term of terms) if (!term.via) needed.set(term.field.name, term.field);
  const order = ordered(query.order, base, found);
  const again = carried(terms, order, paged, [...needed.values()], scope);
  const each = eachOf(query, base, found);
  const columns = [...[...needed.values()].map((field) => column(base, field)), ...again.columns, ...each.columns];
  const inner = follow?.after
    ? keysetPage(query, follow.after, { base, order, columns, needed: [...needed.values()] }, found)
    : (matched?.page(columns, base) ??
      splitPage(query, [...needed.values()], scope) ??
      plainPage(query, columns, withEach(order, each, scope), base, found));
  const made = cells(query.template, query.cases, paged, scope, first);
  // Joins may change the order of the page; without any, its rows come as they were found.
  const fullOrder = orderClause([...again.terms, ...eachAgain(query, paged, scope)], scope);
  const needsOrder = made.joins.pieces.length > 0;
  const keys = follow ? terms.map((term, i) => scope.dialect.sortKey(term.field, again.terms[i]?.expression ?? nothing).cell) : [];
  return {
    ...made,
    columns: [...made.columns, ...keys],
    ...(follow ? { sortKeys: { first: first + made.columns.length, count: keys.length } } : {}),
    from: sql`from (${inner}) ${name(paged)}${made.joins}${whereClause(proof)}`,
    order: needsOrder ? fullOrder : nothing,
    fullOrder,
  };
}

function withEach(order: Ordered, { joins, terms }: Each, scope: Scope): Ordered {
  if (terms.length === 0) return order;
  const all = [...order.terms, ...terms];
  return { joins: sql`${order.joins}${joins}`, terms: all, clause: orderClause(all, scope) };
}

function plainPage(query: ReadQuery, columns: readonly Fragment[], order: Ordered, base: string, scope: Scope): Fragment {
  const shown = columns.length === 0 ? sql`1 as x` : join(columns, ', ');
  const where = whereClause(scanned(query.collection, query.where, base, scope));
  return sql`select ${shown} from ${table(query.collection, base)}${order.joins}${where}${order.clause} ${scope.dialect.page(query.limit, query.offset)}`;
}

/** Whether a row is nothing but columns as they are stored: then nothing is worked out for rows that the limit drops. */
function areColumns({ template, cases }: ReadQuery, alias: string, scope: Scope): boolean {
  const { cell } = scope.dialect;
  if (!cell || (cases && cases.length > 0)) return false;
  return [...template.values()].every((output) => {
    if (output.is !== 'field' || output.cut || output.field.secret === 'masked') return false;
    const of = column(alias, output.field);
    return cell(output.field, of, output.form).value === of;
  });
}

/** A page without an inner select, which the database would plan each time. */
function directPage(query: ReadQuery, proof: Fragment | undefined, base: string, scope: Scope): Pick<Page, 'from' | 'order' | 'fullOrder'> {
  const order = ordered(query.order, base, scope);
  const where = whereClause(both(scanned(query.collection, query.where, base, scope), proof));
  const from = sql`from ${table(query.collection, base)}${order.joins}${where}`;
  return { from, order: sql`${order.clause} ${scope.dialect.page(query.limit, query.offset)}`, fullOrder: order.clause };
}

function both(left: Fragment | undefined, right: Fragment | undefined): Fragment | undefined {
  return left && right ? sql`${left} and ${right}` : (left ?? right);
}

/** Counts as scalar sub-selects under the names of ReadCounts. */
function countPairs(query: ReadQuery, matched: Matched | undefined, scope: Scope): [string, Fragment][] {
  const pairs: [string, Fragment][] = [];
  const count = (filter: Filter, within: Scope): Fragment => {
    const alias = scope.alias();
    const { joins } = eachOf(query, alias, within);
    return sql`(select count(*) from ${table(query.collection, alias)}${joins}${whereClause(scanned(query.collection, filter, alias, within))})`;
  };
  if (query.counts.filtered) pairs.push(['filtered', matched?.count ?? count(query.where, finding(query, scope))]);
  if (query.counts.total) pairs.push(['total', count(query.readable?.total ?? { is: 'never' }, scope)]);
  const status = query.collection.status?.field;
  if (query.counts.byStatus && status) {
    const alias = scope.alias();
    const notNull: Filter = { is: 'null', field: status, negated: true };
    const where = scanned(query.collection, allOf([query.readable?.byStatus ?? { is: 'never' }, notNull]), alias, scope);
    const value = scope.dialect.text(status, scope.dialect.distinct(status, column(alias, status)));
    const select = sql`select ${value} as s, count(*) as n from ${table(query.collection, alias)}${whereClause(where)} group by ${value}`;
    pairs.push(['byStatus', scope.dialect.jsonMap(select, 's', 'n')]);
  }
  const among = query.counts.search ? amongOf(query.where) : undefined;
  if (among) pairs.push(['beyond', beyond(among, scope, condition)]);
  return pairs;
}
