/** Statements over rows of system collections that are named by the values of their fields. */
import type { Dialect } from '../dialect/types.ts';
import { type Fragment, join, name, print, type Statement, sql } from '../lib/fragment.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { tableName } from './scope.ts';

export type Values = ReadonlyMap<Field, Stored>;

function matching(where: Values, dialect: Dialect): Fragment {
  const conditions = [...where].map(([field, value]) => {
    const column = name(field.column.name);
    return value === null ? sql`${column} is null` : dialect.exactly(field, column, value);
  });
  return sql` where ${join(conditions, ' and ')}`;
}

/** Gives the rows that have the values of `where` those of `values`. */
export function compileRowsUpdate(collection: Collection, values: Values, where: Values, dialect: Dialect): Statement {
  const set = [...values].map(([field, value]) => sql`${name(field.column.name)} = ${dialect.stored(field, value)}`);
  return print(sql`update ${tableName(collection)} set ${join(set, ', ')}${matching(where, dialect)}`, dialect);
}

const alsoFilled = (filled: Field | undefined): Fragment => (filled ? sql` and ${name(filled.column.name)} is not null` : sql``);

/** The keys of the rows that `compileRowsDelete` deletes, in their order. */
export function compileRowKeys(collection: Collection, where: Values, dialect: Dialect, filled?: Field): Statement {
  const key = join(
    collection.key.map((field) => name(field.column.name)),
    ', ',
  );
  const rows = sql`${tableName(collection)}${matching(where, dialect)}${alsoFilled(filled)}`;
  return print(sql`select ${key} from ${rows} order by ${key}`, dialect);
}

/** How many rows a collection has; of a field, how many have a value in it. */
export function compileCount(collection: Collection, dialect: Dialect, field?: Field): Statement {
  return print(sql`select count(${field ? name(field.column.name) : sql`*`}) from ${tableName(collection)}`, dialect);
}

/** Deletes the rows that have the values of `where`; with `filled` only those that have something in that field. */
export function compileRowsDelete(collection: Collection, where: Values, dialect: Dialect, filled?: Field): Statement {
  return print(sql`delete from ${tableName(collection)}${matching(where, dialect)}${alsoFilled(filled)}`, dialect);
}
