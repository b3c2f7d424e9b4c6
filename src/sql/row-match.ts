/** One row, and whether it meets a condition. */
import type { Dialect } from '../dialect/types.ts';
import { join, print, sql } from '../lib/fragment.ts';
import { rowsOfKeys } from '../query/key-filter.ts';
import type { Filter, Template } from '../query/types.ts';
import type { Collection } from '../schema/types.ts';
import { cells } from './cells.ts';
import { createScope, table, whereClause } from './scope.ts';
import { condition } from './where.ts';
import type { Key, Telling } from './write.ts';

/** The first cell says whether it does. */
export function compileRowMatch(collection: Collection, key: Key, template: Template, met: Filter, dialect: Dialect): Telling {
  const scope = createScope(dialect, false);
  const base = scope.alias();
  const asked = condition(met, base, scope);
  const answer = asked ? sql`case when ${asked} then 1 else 0 end` : sql`1`;
  const made = cells(template, undefined, base, scope, 1);
  const found = whereClause(condition(rowsOfKeys(collection, [key]), base, scope));
  const text = sql`select ${join([answer, ...made.columns], ', ')} from ${table(collection, base)}${found}`;
  return { statement: print(text, dialect), write: made.write };
}
