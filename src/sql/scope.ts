/** Aliases and columns of one statement. */
import type { Dialect } from '../dialect/types.ts';
import { type Fragment, name, nothing, sql } from '../lib/fragment.ts';
import type { Collection, Field, Relation } from '../schema/types.ts';

/** What printing a statement needs from start to end. Aliases are numbered by position, so equal shapes print equal text. */
export interface Scope {
  readonly dialect: Dialect;
  /** NULLs last in both directions (setting `sort_null_last`). */
  readonly nullsLast: boolean;
  /** The rows that relations to one row lead to in the select of a list, for its conditions and its order to use as well. */
  readonly joined?: JoinedRow[];
  /** On the page, the key of the list's row that a row came for (sql/each.ts). */
  readonly each?: readonly string[];
  /** Where the page is found, the list's row itself. */
  readonly eachAlias?: string;
  alias(): string;
}

/** A table that is joined to the row under `from` on the columns of a relation, and on no rule. */
export interface JoinedRow {
  readonly from: string;
  readonly relation: Relation;
  readonly alias: string;
  /** NULL where there is no such row. */
  readonly key: Field;
}

/** The one that is joined already. */
export function joinedRow({ joined }: Scope, relation: Relation, from: string): JoinedRow | undefined {
  return joined?.find((one) => one.relation === relation && one.from === from);
}

/** What the parts of one statement share: the dialect, and aliases that are not taken yet. */
export function createScope(dialect: Dialect, nullsLast: boolean, each?: readonly string[]): Scope {
  let count = 0;
  return { dialect, nullsLast, ...(each ? { each } : {}), alias: () => `t${count++}` };
}

/** Without an alias by its name alone, as RETURNING has it. */
export function column(alias: string, field: Field): Fragment {
  return alias === '' ? name(field.column.name) : name(alias, field.column.name);
}

/** The table by its name. */
export function tableName({ table: { schema, name: own } }: { readonly table: Collection['table'] }): Fragment {
  return schema === null ? name(own) : name(schema, own);
}

/** The table under an alias. */
export function table(of: { readonly table: Collection['table'] }, alias: string): Fragment {
  return sql`${tableName(of)} ${name(alias)}`;
}

/** ` where …`, or nothing for a condition that always holds. */
export function whereClause(condition: Fragment | undefined): Fragment {
  return condition ? sql` where ${condition}` : nothing;
}
