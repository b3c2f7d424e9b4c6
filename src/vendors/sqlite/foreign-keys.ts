/** SQLite keeps foreign keys as they were typed, and checks nothing: here they get the names that really exist. */
import type { IntrospectedForeignKey } from '../../dialect/types.ts';
import type { Catalogue, CatalogueForeignKey } from './catalogue.ts';

/**
 * Reads the foreign keys of one table. Those to tables or columns that do not exist are left out; one without target columns
 * goes to the other table's primary key. SQLite knows no names of constraints, so they are made of the columns.
 */
export function foreignKeyReader(catalogue: Catalogue): (table: string) => IntrospectedForeignKey[] {
  const spellings = new Map<string, string>();
  for (const table of catalogue.tables) if (table.kind === 'table') spellings.set(folded(table.name), table.name);

  const columnOf = (table: string, name: string): string | undefined =>
    catalogue.columns.get(table)?.find((column) => folded(column.name) === folded(name))?.name;

  function resolved(table: string, key: CatalogueForeignKey): IntrospectedForeignKey | undefined {
    const toTable = spellings.get(folded(key.toTable));
    if (toTable === undefined) return undefined;
    const wanted = key.to.every((column) => column === null) ? primaryKeyOf(toTable, catalogue) : key.to;
    if (wanted.length !== key.from.length) return undefined;
    const columns = key.from.flatMap((name) => columnOf(table, name) ?? []);
    const toColumns = wanted.flatMap((name) => columnOf(toTable, name ?? '') ?? []);
    if (columns.length !== wanted.length || toColumns.length !== wanted.length) return undefined;
    return { name: `${table}_${columns.join('_')}_foreign`, columns, toSchema: null, toTable, toColumns };
  }

  return (table) => (catalogue.foreignKeys.get(table) ?? []).flatMap((key) => resolved(table, key) ?? []);
}

/** The columns of a table's primary key, in key order. */
export function primaryKeyOf(table: string, catalogue: Catalogue): string[] {
  const columns = (catalogue.columns.get(table) ?? []).filter((column) => column.key > 0);
  return columns.sort((a, b) => a.key - b.key).map((column) => column.name);
}

/** SQLite tells ASCII letters' cases apart only in what it prints. */
function folded(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
