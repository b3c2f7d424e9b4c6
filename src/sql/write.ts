/** Statements that change rows of one collection, and what they tell of them. */
import type { Dialect, Scalar } from '../dialect/types.ts';
import { type Fragment, join, name, nothing, print, printed, type Statement, sql, valuesOf } from '../lib/fragment.ts';
import { rowsOfKeys } from '../query/key-filter.ts';
import type { Filter, Template } from '../query/types.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { type CellsWriter, cells } from './cells.ts';
import { createKnownTexts } from './known-texts.ts';
import { column, createScope, table, tableName, whereClause } from './scope.ts';
import { condition } from './where.ts';

/** A statement whose rows are the JSON texts of rows of the collection. */
export interface Telling {
  readonly statement: Statement;
  readonly write: CellsWriter;
}

export type Key = readonly Scalar[];

const inserts = createKnownTexts(8_000_000);

/** The row, each column under its own name; undefined where nothing is to be told. */
function told(template: Template, alias: string, dialect: Dialect): { readonly columns: Fragment; readonly write: CellsWriter } {
  const made = cells(template, undefined, alias, createScope(dialect, false), 0);
  return { columns: join(made.columns, ', '), write: made.write };
}

interface Returning {
  readonly clause: Fragment;
  readonly write: CellsWriter;
}

/** By template, as most writes ask for the whole row of their collection, which has one; and by dialect. */
const returnings = new WeakMap<Template, WeakMap<Dialect, Returning>>();

function returning(template: Template | undefined, dialect: Dialect): Returning {
  if (!template) return { clause: nothing, write: () => '{}' };
  const known = returnings.get(template) ?? new WeakMap<Dialect, Returning>();
  let made = known.get(dialect);
  if (!made) {
    const { columns, write } = told(template, '', dialect);
    made = { clause: printed(sql` returning ${columns}`, dialect), write };
    known.set(dialect, made);
    returnings.set(template, known);
  }
  return made;
}

/** Rows to be inserted, all with values for the same columns; undefined is the column's default. */
export function compileInsert(
  collection: Collection,
  fields: readonly Field[],
  rows: readonly ReadonlyMap<Field, Stored>[],
  dialect: Dialect,
  template?: Template,
): Telling {
  const { clause, write } = returning(template, dialect);
  if (fields.length === 0 && !dialect.defaultValue) {
    return { statement: print(sql`insert into ${tableName(collection)} default values${clause}`, dialect), write };
  }
  // A row of nothing but defaults still names a column.
  const named = fields.length > 0 ? fields : [...collection.fields.values()].slice(0, 1);
  let left = '';
  const values: unknown[] = [];
  rows.forEach((row, i) => {
    named.forEach((field, k) => {
      const given = row.get(field);
      if (given === undefined) left += ` ${i}.${k}`;
      else if (dialect.storedValue) values.push(dialect.storedValue(field, given));
      else valuesOf(dialect.stored(field, given), values);
    });
  });
  // What `stored` prints depends on the field alone.
  const text = inserts.of(`${rows.length}${left}`, [dialect, collection, clause, ...named], () => {
    const columns = join(
      named.map((field) => name(field.column.name)),
      ', ',
    );
    const cellOf = (field: Field, given: Stored | undefined): Fragment =>
      given === undefined ? (dialect.defaultValue ?? sql`null`) : dialect.stored(field, given);
    const lists = rows.map((row) => {
      const placed = named.map((field) => cellOf(field, row.get(field)));
      return sql`(${join(placed, ', ')})`;
    });
    return print(sql`insert into ${tableName(collection)} (${columns}) values ${join(lists, ', ')}${clause}`, dialect).text;
  });
  return { statement: { text, values }, write };
}

/** A row to be changed. */
export interface Change {
  readonly key: Key;
  readonly values: ReadonlyMap<Field, Stored>;
}

/** The rows of those keys, where the rule lets them be changed, get their values: all of them have the same columns. */
export function compileUpdate(
  collection: Collection,
  changes: readonly Change[],
  rule: Filter,
  dialect: Dialect,
  template?: Template,
): Telling {
  const scope = createScope(dialect, false);
  const base = scope.alias();
  const [first] = changes;
  const fields = [...(first?.values.keys() ?? [])];
  const of = (keys: readonly Key[]): Fragment => condition(rowsOfKeys(collection, keys), base, scope) ?? sql`1 = 1`;
  const sets = fields.map((field) => {
    const own = name(field.column.name);
    const value = first?.values.get(field) ?? null;
    if (changes.every((change) => change.values.get(field) === value)) return sql`${own} = ${dialect.stored(field, value)}`;
    const branches = changes.map(({ key, values }) => sql`when ${of([key])} then ${dialect.stored(field, values.get(field) ?? null)}`);
    return sql`${own} = case ${join(branches, ' ')} else ${column(base, field)} end`;
  });
  const allowed = condition(rule, base, scope);
  const keys = of(changes.map((change) => change.key));
  const where = whereClause(allowed ? sql`${keys} and ${allowed}` : keys);
  const { clause, write } = returning(template, dialect);
  const text = sql`update ${tableName(collection)} as ${name(base)} set ${join(sets, ', ')}${where}${clause}`;
  return { statement: print(text, dialect), write };
}

/** Deletes the rows of those keys where the rule lets them go. */
export function compileDelete(collection: Collection, keys: readonly Key[], rule: Filter, dialect: Dialect, template?: Template): Telling {
  const { clause, write } = returning(template, dialect);
  return { statement: print(sql`${deletion(collection, keys, rule, dialect)}${clause}`, dialect), write };
}

function deletion(collection: Collection, keys: readonly Key[], rule: Filter, dialect: Dialect, proof?: Fragment): Fragment {
  const scope = createScope(dialect, false);
  const base = scope.alias();
  const found = condition(rowsOfKeys(collection, keys), base, scope) ?? sql`1 = 1`;
  const conditions = [found, condition(rule, base, scope), proof].filter((one) => one !== undefined);
  const alias = dialect.deletesByAlias ? sql`${name(base)} ` : nothing;
  return sql`delete ${alias}from ${tableName(collection)} as ${name(base)}${whereClause(join(conditions, ' and '))}`;
}

/** The same of one row, for a statement that does more: it tells of each row that went. */
export function deletionOfOne(collection: Collection, key: Key, rule: Filter, dialect: Dialect, proof: Fragment | undefined): Fragment {
  return sql`${deletion(collection, [key], rule, dialect, proof)} returning 1`;
}

/** What is asked of each row before it is changed; nobody else changes it until the transaction ends. */
export function compileLock(
  collection: Collection,
  keys: readonly Key[],
  template: Template,
  questions: readonly Filter[],
  dialect: Dialect,
): Telling {
  // A view has no rows of its own to lock.
  return asked(collection, keys, template, questions, dialect, collection.kind === 'table' ? dialect.forUpdate : nothing);
}

/** The same, of rows that stay free. */
export function compileQuestions(
  collection: Collection,
  keys: readonly Key[],
  template: Template,
  questions: readonly Filter[],
  dialect: Dialect,
): Telling {
  return asked(collection, keys, template, questions, dialect, nothing);
}

function asked(
  collection: Collection,
  keys: readonly Key[],
  template: Template,
  questions: readonly Filter[],
  dialect: Dialect,
  locked: Fragment,
): Telling {
  const scope = createScope(dialect, false);
  const base = scope.alias();
  const answers = questions.map((question) => {
    const holds = condition(question, base, scope);
    return holds ? sql`case when ${holds} then 1 else 0 end` : sql`1`;
  });
  const made = cells(template, undefined, base, scope, answers.length);
  const found = condition(rowsOfKeys(collection, keys), base, scope);
  const text = sql`select ${join([...answers, ...made.columns], ', ')} from ${table(collection, base)}${whereClause(found)}${locked}`;
  return { statement: print(text, dialect), write: made.write };
}

/** The rows of those keys as they are now. */
export function compileSnapshot(collection: Collection, keys: readonly Key[], template: Template, dialect: Dialect): Telling {
  return compileLock(collection, keys, template, [], dialect);
}
