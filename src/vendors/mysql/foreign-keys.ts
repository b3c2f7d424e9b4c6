/**
 * Foreign keys with the spelling of the columns and tables they name: a server whose names do not tell cases apart keeps them as they
 * were typed.
 */
import type { IntrospectedForeignKey, IntrospectedTable, TextRow } from '../../dialect/types.ts';
import type { Sliced } from '../../lib/slices.ts';
import { grouping } from './rows.ts';

/** A foreign key as the catalogue has it. */
export interface CatalogueKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** null is the connection's own database. */
  readonly toSchema: string | null;
  readonly toTable: string;
  readonly toColumns: readonly string[];
}

/** The keys of each table. `rows`: table, constraint, column, other database, other table, other column. */
export function* keysByTable(rows: readonly TextRow[]): Sliced<Map<string, CatalogueKey[]>> {
  const tables = new Map<string, CatalogueKey[]>();
  for (const [table, own] of yield* grouping(rows)) {
    const keys: CatalogueKey[] = [];
    for (const [name, parts] of yield* grouping(own)) {
      const [, toSchema = null, toTable] = parts[0] ?? [];
      const [columns, toColumns] = [parts.map(([column]) => column ?? ''), parts.map(([, , , column]) => column ?? '')];
      keys.push({ name, columns, toSchema, toTable: toTable ?? '', toColumns });
    }
    tables.set(table, keys);
  }
  return tables;
}

/** Finds a table of the connection's own database, exactly or in another spelling of the case. */
export type FindTable = (name: string) => IntrospectedTable | undefined;

/** Finds tables by schema and name, as the server compares names. */
export function finding(tables: ReadonlyMap<string, { readonly table: IntrospectedTable }>): FindTable {
  const spelling = new Map<string, string>();
  for (const name of tables.keys()) spelling.set(name.toLowerCase(), name);
  return (name) => (tables.get(name) ?? tables.get(spelling.get(name.toLowerCase()) ?? ''))?.table;
}

function columnOf(table: IntrospectedTable, name: string): string | undefined {
  return table.columns.find((column) => column.name === name || column.name.toLowerCase() === name.toLowerCase())?.name;
}

/** The foreign keys of one table. Those to tables or columns that do not exist are left out. */
export function resolveForeignKeys(table: IntrospectedTable, keys: readonly CatalogueKey[], find: FindTable): IntrospectedForeignKey[] {
  return keys.flatMap((key) => {
    const { name, toSchema } = key;
    const target = toSchema === null ? find(key.toTable) : undefined;
    if (toSchema === null && !target) return [];
    const columns = key.columns.flatMap((column) => columnOf(table, column) ?? []);
    const toColumns = target ? key.toColumns.flatMap((column) => columnOf(target, column) ?? []) : key.toColumns;
    if (columns.length < key.columns.length || toColumns.length < key.columns.length) return [];
    return [{ name, columns, toSchema, toTable: target?.name ?? key.toTable, toColumns }];
  });
}
