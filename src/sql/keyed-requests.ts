/** Statements on the table of requests that came with a key (engine/keyed-requests.ts). */
import type { Dialect } from '../dialect/types.ts';
import { name, param, print, type Statement, sql } from '../lib/fragment.ts';
import { idempotencyTable } from '../schema/system.ts';
import { ownTable } from './own-table.ts';

/** The statements, for the schema where the table is. */
export function keyedRequests(dialect: Dialect, schema: string | null) {
  const { table, ...statements } = ownTable(dialect, schema, idempotencyTable);
  const id = name('id');
  return {
    ...statements,
    /** At most so many of those made before. */
    sweep(before: string, most: number): Statement {
      const made = name('created_at');
      const old = sql`select ${id} from ${table} where ${made} < ${param(before)} order by ${made}${dialect.page(most, 0)}`;
      // MySQL takes no limit in a list, but in a table of its own.
      return print(sql`delete from ${table} where ${id} in (select ${id} from (${old}) ${name('old')})`, dialect);
    },
  };
}
