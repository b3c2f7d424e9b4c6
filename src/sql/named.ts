/** Conditions on rows that speak of rows of other collections, by the collection's name and the text of the row's key. */
import { type Fragment, join, sql } from '../lib/fragment.ts';
import type { Filter } from '../query/types.ts';
import { column, type Scope, table, whereClause } from './scope.ts';

type Condition = (filter: Filter, alias: string, scope: Scope) => Fragment | undefined;

/** A CASE, so that of all the sub-selects the one that the row is about is run alone, and any number of them makes no deep expression. */
export function byValue({ field, of }: Extract<Filter, { is: 'byValue' }>, alias: string, scope: Scope, condition: Condition): Fragment {
  const branches: Fragment[] = [];
  for (const [value, filter] of of) {
    if (filter.is === 'never') continue;
    const holds = condition(filter, alias, scope) ?? sql`true`;
    branches.push(sql`when ${scope.dialect.exactly(field, column(alias, field), value)} then ${holds}`);
  }
  return branches.length === 0 ? sql`1 = 0` : sql`(case ${join(branches, ' ')} else false end)`;
}

/** By the key's own index where the text can be made a value of it. */
export function named(
  { item, collection, where }: Extract<Filter, { is: 'named' }>,
  alias: string,
  scope: Scope,
  condition: Condition,
): Fragment {
  const { keys, pulse } = scope.dialect;
  const target = scope.alias();
  const key = collection.key.map((field) => ({ field, column: column(target, field) }));
  const [first] = key;
  const said = { field: item, column: column(alias, item) };
  const found = first && key.length === 1 ? keys.found(first, said) : undefined;
  const [text, stored] = [keys.text(key), keys.stored(said)];
  const parts = [found && sql`${found} and ${text} = ${stored}`, condition(where, target, scope), pulse];
  const all = parts.flatMap((part) => part ?? []);
  const from = sql`from ${table(collection, target)}${whereClause(all.length === 0 ? undefined : join(all, ' and '))}`;
  return found ? sql`exists (select 1 ${from})` : sql`${stored} in (select ${text} ${from})`;
}
