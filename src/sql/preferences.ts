/** Statements on what users keep for themselves (engine/preferences.ts). */
import type { Dialect } from '../dialect/types.ts';
import { name, nothing, print, type Statement, sql } from '../lib/fragment.ts';
import { preferencesTable } from '../schema/system.ts';
import { cellsMatch, ownTable } from './own-table.ts';

/** The statements, for the schema where the table is. */
export function preferenceStatements(dialect: Dialect, schema: string | null) {
  const { table, ...statements } = ownTable(dialect, schema, preferencesTable);
  return {
    ...statements,
    list(owner: string, limit: number | undefined, offset: number): Statement {
      const page = limit === undefined ? nothing : sql` ${dialect.page(limit, offset)}`;
      const rows = sql`select * from ${table} where ${cellsMatch({ owner })} order by ${name('updated_at')} desc, ${name('id')}${page}`;
      return print(rows, dialect);
    },
    count: (owner: string): Statement => print(sql`select count(*) as ${name('n')} from ${table} where ${cellsMatch({ owner })}`, dialect),
  };
}
