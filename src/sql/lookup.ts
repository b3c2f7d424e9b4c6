/** Statements that find the rows of a write that does not name their keys; nobody else changes them until the transaction ends. */
import type { Dialect, Scalar } from '../dialect/types.ts';
import { type Fragment, join, nothing, print, sql, trusted } from '../lib/fragment.ts';
import { always } from '../query/filters.ts';
import type { Filter, Template } from '../query/types.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { cells } from './cells.ts';
import { column, createScope, table, whereClause } from './scope.ts';
import { condition } from './where.ts';
import type { Telling } from './write.ts';

/** A view has no rows of its own to lock. */
function locked(collection: Collection, dialect: Dialect): Fragment {
  return collection.kind === 'table' ? dialect.forUpdate : nothing;
}

function constrained(dialect: Dialect, field: Field, value: Fragment, sought: Scalar): Fragment {
  return dialect.constrained?.(field, value, sought) ?? sql`${value} = ${dialect.operand(field, sought)}`;
}

/** The keys of the rows that match, by their order; at most so many. */
export function compileMatching(collection: Collection, where: Filter, most: number, template: Template, dialect: Dialect): Telling {
  const scope = createScope(dialect, false);
  const base = scope.alias();
  const made = cells(template, undefined, base, scope, 0);
  const order = collection.key.map((field) => column(base, field));
  const found = whereClause(condition(where, base, scope));
  const text = sql`select ${join(made.columns, ', ')} from ${table(collection, base)}${found} order by ${join(order, ', ')}${dialect.page(most, 0)}${locked(collection, dialect)}`;
  return { statement: print(text, dialect), write: made.write };
}

/**
 * The rows that have one of those lists of values in the columns `by`, as the database's own constraint compares them. Each begins with a
 * cell that tells which list, and one that tells whether the row is `visible`. Without `lock` they stay free.
 */
export function compileLookup(
  collection: Collection,
  by: readonly Field[],
  wanted: readonly (readonly Stored[])[],
  template: Template,
  dialect: Dialect,
  { lock = true, visible = always }: { readonly lock?: boolean; readonly visible?: Filter } = {},
): Telling {
  const scope = createScope(dialect, false);
  const base = scope.alias();
  const conditions = wanted.map((values) => {
    const equal = by.map((field, i) => constrained(dialect, field, column(base, field), values[i] ?? ''));
    return sql`(${join(equal, ' and ')})`;
  });
  const which = conditions.map((condition, i) => sql`when ${condition} then ${trusted(String(i))}`);
  const holds = condition(visible, base, scope);
  const made = cells(template, undefined, base, scope, 2);
  const columns = join(
    [sql`case ${join(which, ' ')} end`, holds ? sql`case when ${holds} then 1 else 0 end` : sql`1`, ...made.columns],
    ', ',
  );
  const where = whereClause(join(conditions, ' or '));
  return {
    statement: print(
      sql`select ${columns} from ${table(collection, base)}${where}${lock ? locked(collection, dialect) : nothing}`,
      dialect,
    ),
    write: made.write,
  };
}
