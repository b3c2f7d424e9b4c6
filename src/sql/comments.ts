/** Comments as one conditional statement each: what may not be done is done to no row. */
import type { CommentRows } from '../access/comments.ts';
import type { Dialect, Scalar } from '../dialect/types.ts';
import { type Fragment, join, name, nothing, print, type Statement, sql } from '../lib/fragment.ts';
import type { Collection, Field } from '../schema/types.ts';
import { column, createScope, table, whereClause } from './scope.ts';
import { condition } from './where.ts';

/** Values by the column that they go into. */
export type Values = ReadonlyMap<Field, Scalar>;

const bare = ({ table: { schema, name: of } }: Collection): Fragment => (schema === null ? name(of) : name(schema, of));

const listed = (parts: readonly Fragment[]): Fragment => join(parts, ', ');

/** An entry of the activity for each of the rows. What the database gives back is its key, where it does (see `Dialect.returning`). */
export function compileComment(activity: Collection, values: Values, on: CommentRows, dialect: Dialect): Statement {
  const scope = createScope(dialect, false);
  const alias = scope.alias();
  const columns = [...values.keys()].map((field) => name(field.column.name));
  const given = [...values].map(([field, value]) => dialect.operand(field, value));
  const from = sql`from ${table(on.collection, alias)}${whereClause(condition(on.where, alias, scope))}`;
  const returning = dialect.returning.insert ? sql` returning ${listed(activity.key.map((field) => name(field.column.name)))}` : nothing;
  return print(sql`insert into ${bare(activity)} (${listed(columns)}) select ${listed(given)} ${from}${returning}`, dialect);
}

/** New values for the comments; `kept` are written where there is none yet. */
export function compileCommentChange(rows: CommentRows, values: Values, kept: Values, dialect: Dialect): Statement {
  const scope = createScope(dialect, false);
  const alias = scope.alias();
  const set = (field: Field, value: Fragment): Fragment => sql`${name(field.column.name)} = ${value}`;
  const changes = [
    ...[...values].map(([field, value]) => set(field, dialect.operand(field, value))),
    ...[...kept].map(([field, value]) => set(field, sql`coalesce(${column(alias, field)}, ${dialect.operand(field, value)})`)),
  ];
  const where = whereClause(condition(rows.where, alias, scope));
  return print(sql`update ${bare(rows.collection)} as ${name(alias)} set ${listed(changes)}${where}`, dialect);
}

/** One column of the rows as text. */
export function compileFound(rows: CommentRows, shown: Field | undefined, dialect: Dialect): Statement {
  const scope = createScope(dialect, false);
  const alias = scope.alias();
  const value = shown ? dialect.text(shown, column(alias, shown)) : sql`1`;
  const where = whereClause(condition(rows.where, alias, scope));
  return print(sql`select ${value} as x from ${table(rows.collection, alias)}${where} ${dialect.page(1, 0)}`, dialect);
}
