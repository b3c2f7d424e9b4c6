/** The statements of counts that are not made exactly: selects for the planner, and a sample of keys. */
import type { Dialect } from '../dialect/types.ts';
import { type Fragment, join, name, print, type Statement, sql } from '../lib/fragment.ts';
import type { Filter } from '../query/types.ts';
import type { Collection, Field } from '../schema/types.ts';
import { scanned } from './scan.ts';
import { column, createScope, type Scope, table, whereClause } from './scope.ts';
import { condition } from './where.ts';

const scopeOf = (dialect: Dialect): Scope => createScope(dialect, false);

/** The rows of the collection that match, as a select for the planner to think about. */
export function rowsStatement(collection: Collection, filter: Filter, dialect: Dialect): Statement {
  const scope = scopeOf(dialect);
  const alias = scope.alias();
  const where = whereClause(scanned(collection, filter, alias, scope));
  return print(sql`select 1 as x from ${table(collection, alias)}${where}`, dialect);
}

/** The least and the greatest key, each out of the key's index. */
export function spanStatement(collection: Collection, key: Field, dialect: Dialect): Statement {
  const scope = scopeOf(dialect);
  const end = (which: Fragment): Fragment => {
    const alias = scope.alias();
    return sql`(select ${which}(${column(alias, key)}) from ${table(collection, alias)})`;
  };
  return print(sql`select ${end(sql`min`)} as a, ${end(sql`max`)} as b`, dialect);
}

/** How many rows have one of those keys, and how many of them match each of the filters. */
export function sampleStatement(
  collection: Collection,
  key: Field,
  keys: readonly string[],
  filters: readonly Filter[],
  dialect: Dialect,
): Statement {
  const scope = scopeOf(dialect);
  const alias = scope.alias();
  const matching = filters.map((filter) => {
    const where = condition(filter, alias, scope);
    return where ? sql`sum(case when ${where} then 1 else 0 end)` : sql`count(*)`;
  });
  const counts = [sql`count(*)`, ...matching].map((count, i) => sql`${count} as ${name(`n${i}`)}`);
  const sampled = dialect.isIn(key, column(alias, key), keys);
  return print(sql`select ${join(counts, ', ')} from ${table(collection, alias)} where ${sampled}`, dialect);
}
