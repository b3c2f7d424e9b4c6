/** A condition on some rows only: the first so many of those that match something, in the order of their keys. */
import { type Fragment, join, name, sql } from '../lib/fragment.ts';
import type { Filter } from '../query/types.ts';
import type { Field } from '../schema/types.ts';
import { conditionFields } from './needed.ts';
import { pulsed } from './pulse.ts';
import { column, type Scope, table, whereClause } from './scope.ts';

type Among = Extract<Filter, { is: 'among' }>;
type Condition = (filter: Filter, alias: string, scope: Scope) => Fragment | undefined;

/** The rows that are looked through, as a select of those columns. */
function first({ collection, of, rows }: Among, shown: (alias: string) => Fragment, scope: Scope, condition: Condition): Fragment {
  const alias = scope.alias();
  const where = whereClause(pulsed(condition(of, alias, scope), collection, alias, scope));
  const order = collection.key.map((field) => {
    return column(alias, field);
  });
  return sql`select ${shown(alias)} from ${table(collection, alias)}${where} order by ${join(order, ', ')} ${scope.dialect.page(rows, 0)}`;
}

/**
 * Whether the row under `alias` is one of them and matches. The texts are looked at inside the limited select: outside of it, the
 * database might look at every row first and then whether it is one of the few.
 */
export function amongCondition(filter: Among, alias: string, scope: Scope, condition: Condition): Fragment {
  const { key } = filter.collection;
  const fields = new Map<string, Field>([...key, ...conditionFields(filter.where)].map((field) => [field.name, field]));
  const looked = scope.alias();
  const rows = first(
    filter,
    (inner) =>
      join(
        [...fields.values()].map((field) => column(inner, field)),
        ', ',
      ),
    scope,
    condition,
  );
  const where = whereClause(condition(filter.where, looked, scope));
  const found = scope.alias();
  const keyOf = (of: string): Fragment =>
    join(
      key.map((field) => column(of, field)),
      ', ',
    );
  const row = key.length === 1 ? keyOf(alias) : sql`(${keyOf(alias)})`;
  // The second limit cuts nothing. It keeps MariaDB from dissolving the select, whose columns it does not find the next time then.
  const matching = sql`select ${keyOf(looked)} from (${rows}) ${name(looked)}${where} ${scope.dialect.page(filter.rows, 0)}`;
  return sql`${row} in (select ${keyOf(found)} from (${matching}) ${name(found)})`;
}

/** The condition of that kind that a read has, if it has one. */
export function amongOf(filter: Filter): Among | undefined {
  if (filter.is === 'among') return filter;
  return filter.is === 'all' ? filter.of.find((part) => part.is === 'among') : undefined;
}

/** How many rows there are beyond those that are looked through: none, or one. */
export function beyond({ collection, of, rows }: Among, scope: Scope, condition: Condition): Fragment {
  const alias = scope.alias();
  const some = scope.alias();
  const where = whereClause(pulsed(condition(of, alias, scope), collection, alias, scope));
  return sql`(select count(*) from (select 1 as x from ${table(collection, alias)}${where} ${scope.dialect.page(1, rows)}) ${name(some)})`;
}
