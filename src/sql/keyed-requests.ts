/** Statements on the table of requests that came with a key (engine/keyed-requests.ts). */
import type { Dialect } from '../dialect/types.ts';
import { type Fragment, join, name, param, print, type Statement, sql } from '../lib/fragment.ts';
import { idempotencyTable } from '../schema/system.ts';
import { tableName } from './scope.ts';

/** Columns with their values. */
export type Cells = Readonly<Record<string, string | null>>;

const pairs = (cells: Cells): Fragment[] => Object.entries(cells).map(([column, value]) => sql`${name(column)} = ${param(value)}`);

/** The statements, for the schema where the table is. */
export function keyedRequests(dialect: Dialect, schema: string | null) {
  const table = tableName({ table: { schema, name: idempotencyTable } });
  const id = name('id');
  const where = (cells: Cells): Fragment => join(pairs(cells), ' and ');
  return {
    insert(cells: Cells): Statement {
      const columns = Object.keys(cells).map((column) => name(column));
      const values = Object.values(cells).map((value) => param(value));
      return print(sql`insert into ${table} (${join(columns, ', ')}) values (${join(values, ', ')})`, dialect);
    },
    find: (key: string): Statement => print(sql`select * from ${table} where ${id} = ${param(key)}`, dialect),
    update: (cells: Cells, of: Cells): Statement => print(sql`update ${table} set ${join(pairs(cells), ', ')} where ${where(of)}`, dialect),
    remove: (of: Cells): Statement => print(sql`delete from ${table} where ${where(of)}`, dialect),
    /** At most so many of those made before. */
    sweep(before: string, most: number): Statement {
      const made = name('created_at');
      const old = sql`select ${id} from ${table} where ${made} < ${param(before)} order by ${made}${dialect.page(most, 0)}`;
      // MySQL takes no limit in a list, but in a table of its own.
      return print(sql`delete from ${table} where ${id} in (select ${id} from (${old}) ${name('old')})`, dialect);
    },
  };
}
