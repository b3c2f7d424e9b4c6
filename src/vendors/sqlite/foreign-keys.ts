/** SQLite keeps foreign keys as they were typed, and checks nothing: here they get the names that really exist. */
import type { IntrospectedForeignKey, IntrospectedTable } from '../../dialect/types.ts';
import type { CatalogueForeignKey } from './catalogue.ts';
import { folded } from './names.ts';

/** Finds a table, no view, by its folded name. */
export type FindTable = (name: string) => IntrospectedTable | undefined;

function columnOf(table: IntrospectedTable, name: string): string | undefined {
  return table.columns.find((column) => column.name === name || folded(column.name) === folded(name))?.name;
}

function resolved(table: IntrospectedTable, key: CatalogueForeignKey, find: FindTable): IntrospectedForeignKey | undefined {
  const target = find(folded(key.toTable));
  if (target === undefined) return undefined;
  const wanted = key.to.every((column) => column === null) ? target.primaryKey : key.to;
  if (wanted.length !== key.from.length) return undefined;
  const columns = key.from.flatMap((name) => columnOf(table, name) ?? []);
  const toColumns = wanted.flatMap((name) => columnOf(target, name ?? '') ?? []);
  if (columns.length !== wanted.length || toColumns.length !== wanted.length) return undefined;
  return { name: `${table.name}_${columns.join('_')}_foreign`, columns, toSchema: null, toTable: target.name, toColumns };
}

/**
 * The foreign keys of one table. Those to tables or columns that do not exist are left out; one without target columns
 * goes to the other table's primary key. SQLite knows no names of constraints, so they are made of the columns.
 */
export function resolveForeignKeys(
  table: IntrospectedTable,
  keys: readonly CatalogueForeignKey[],
  find: FindTable,
): IntrospectedForeignKey[] {
  return keys.flatMap((key) => resolved(table, key, find) ?? []);
}
