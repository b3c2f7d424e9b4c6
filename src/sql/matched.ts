/**
 * The rows that match, found once for the page and for its count. Worth it where finding them is the work: where the filter steps
 * through relations. A filter on the row's own columns is counted apart from the page, which an index may give without looking further.
 */
import { randomBytes } from 'node:crypto';
import { type Fragment, join, name, sql } from '../lib/fragment.ts';
import type { Filter, ReadQuery } from '../query/types.ts';
import { namesOneRow } from '../schema/one-row.ts';
import type { Field } from '../schema/types.ts';
import { ordered } from './order.ts';
import { scanned } from './scan.ts';
import { column, type Scope, table, whereClause } from './scope.ts';

export interface Matched {
  /** `with …`, to stand before everything else. */
  readonly clause: Fragment;
  readonly count: Fragment;
  /** The page's rows, with those columns of the row under `base`. */
  page(columns: readonly Fragment[], base: string): Fragment;
}

/** Random in each process: no table has this name, which would hide it. */
const matches = `sallyport_matches_${randomBytes(8).toString('hex')}`;

function stepsThrough(filter: Filter): boolean {
  if (filter.is === 'all' || filter.is === 'any') return filter.of.some(stepsThrough);
  return filter.is === 'not' ? stepsThrough(filter.of) : filter.is === 'some' || filter.is === 'count';
}

/** Undefined where the page and its count are better off apart, or rows cannot be found again by their key. */
export function matchedOnce(query: ReadQuery, scope: Scope): Matched | undefined {
  const { materialized } = scope.dialect;
  const { collection, order, limit } = query;
  if (!materialized || !query.counts.filtered || limit === undefined || query.each || order === 'random' || !stepsThrough(query.where))
    return undefined;
  const { key } = collection;
  if (!namesOneRow(key, collection) || key.some((field) => field.column.nullable) || order.some((term) => term.via)) return undefined;
  const kept = [...new Map([...key, ...order.map((term) => term.field)].map((field): [string, Field] => [field.name, field])).values()];
  const found = scope.alias();
  const where = whereClause(scanned(collection, query.where, found, scope));
  const shown = kept.map((field) => column(found, field));
  return {
    clause: sql`with ${name(matches)} as ${materialized} (select ${join(shown, ', ')} from ${table(collection, found)}${where}) `,
    count: sql`(select count(*) from ${name(matches)})`,
    page(columns, base) {
      const [all, few] = [scope.alias(), scope.alias()];
      const first = sql`select ${name(all)}.* from ${name(matches)} ${name(all)}${ordered(order, all, scope).clause} ${scope.dialect.page(limit, query.offset)}`;
      const same = key.map((field) => sql`${column(base, field)} = ${column(few, field)}`);
      const wanted = columns.length === 0 ? sql`1 as x` : join(columns, ', ');
      return sql`select ${wanted} from (${first}) ${name(few)} inner join ${table(collection, base)} on ${join(same, ' and ')}`;
    },
  };
}
