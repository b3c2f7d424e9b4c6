/** The statements that every table of the gateway's own needs: rows put in, found, changed and removed by the values of their columns. */
import type { Dialect } from '../dialect/types.ts';
import { type Fragment, join, name, param, print, type Statement, sql } from '../lib/fragment.ts';
import { tableName } from './scope.ts';

/** Columns with their values. */
export type Cells = Readonly<Record<string, string | null>>;

const pairs = (cells: Cells): Fragment[] => Object.entries(cells).map(([column, value]) => sql`${name(column)} = ${param(value)}`);

/** The condition that a row has these values, none of which is NULL. */
export const cellsMatch = (cells: Cells): Fragment => join(pairs(cells), ' and ');

/** The statements on one table, and its name for others. */
export function ownTable(dialect: Dialect, schema: string | null, called: string) {
  const table = tableName({ table: { schema, name: called } });
  return {
    table,
    insert(cells: Cells): Statement {
      const columns = Object.keys(cells).map((column) => name(column));
      const values = Object.values(cells).map((value) => param(value));
      return print(sql`insert into ${table} (${join(columns, ', ')}) values (${join(values, ', ')})`, dialect);
    },
    find: (id: string): Statement => print(sql`select * from ${table} where ${cellsMatch({ id })}`, dialect),
    update: (cells: Cells, of: Cells): Statement =>
      print(sql`update ${table} set ${join(pairs(cells), ', ')} where ${cellsMatch(of)}`, dialect),
    remove: (of: Cells): Statement => print(sql`delete from ${table} where ${cellsMatch(of)}`, dialect),
  };
}
