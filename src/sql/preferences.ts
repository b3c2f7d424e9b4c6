/** Statements on what users keep for themselves (engine/preferences.ts). */
import type { Dialect } from '../dialect/types.ts';
import { type Fragment, join, name, param, print, type Statement, sql } from '../lib/fragment.ts';
import { preferencesTable } from '../schema/system.ts';
import { tableName } from './scope.ts';

type Cells = Readonly<Record<string, string>>;

const pairs = (cells: Cells): Fragment[] => Object.entries(cells).map(([column, value]) => sql`${name(column)} = ${param(value)}`);

/** The statements, for the schema where the table is. */
export function preferenceStatements(dialect: Dialect, schema: string | null) {
  const table = tableName({ table: { schema, name: preferencesTable } });
  const where = (cells: Cells): Fragment => join(pairs(cells), ' and ');
  return {
    insert(cells: Cells): Statement {
      const columns = Object.keys(cells).map((column) => name(column));
      const values = Object.values(cells).map((value) => param(value));
      return print(sql`insert into ${table} (${join(columns, ', ')}) values (${join(values, ', ')})`, dialect);
    },
    find: (id: string): Statement => print(sql`select * from ${table} where ${where({ id })}`, dialect),
    update: (id: string, cells: Cells): Statement =>
      print(sql`update ${table} set ${join(pairs(cells), ', ')} where ${where({ id })}`, dialect),
    remove: (id: string): Statement => print(sql`delete from ${table} where ${where({ id })}`, dialect),
    list: (owner: string, limit: number | undefined, offset: number): Statement =>
      print(
        sql`select * from ${table} where ${where({ owner })} order by ${name('updated_at')} desc, ${name('id')}${limit === undefined ? sql`` : sql` ${dialect.page(limit, offset)}`}`,
        dialect,
      ),
    count: (owner: string): Statement => print(sql`select count(*) as ${name('n')} from ${table} where ${where({ owner })}`, dialect),
  };
}
