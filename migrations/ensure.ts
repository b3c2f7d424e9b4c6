/** Creates what a table lacks, and only that: rows and existing columns are never altered. */
import type { Knex } from 'knex';
import { type ExistingTable, systemTables } from './catalogue.ts';
import { addColumn, type IndexShape, type TableShape, vendorOfKnex } from './shape.ts';

/** Creates the tables that are missing and adds missing columns and indexes to those that are there. */
export async function ensureTables(knex: Knex, shapes: readonly TableShape[]): Promise<void> {
  const existing = await systemTables(knex);
  for (const shape of shapes) {
    const table = existing.get(shape.name);
    if (table) await addMissingColumns(knex, shape, table);
    else await create(knex, shape);
    for (const index of shape.indexes) await ensureIndex(knex, shape.name, index, table);
  }
}

async function create(knex: Knex, shape: TableShape): Promise<void> {
  const charset = vendorOfKnex(knex) === 'mysql' ? await wideCharset(knex) : undefined;
  await knex.schema.createTable(shape.name, (table) => {
    if (vendorOfKnex(knex) === 'mysql') table.engine('InnoDB');
    if (charset) table.charset(charset);
    for (const column of shape.columns) addColumn(knex, table, column, false);
  });
}

/** Comments and bookmarks hold any character; a database of a narrower set would cut or refuse them. */
async function wideCharset(knex: Knex): Promise<string | undefined> {
  const [row] = await knex.select(knex.raw('@@character_set_database as charset'));
  return row?.charset === 'utf8mb4' ? undefined : 'utf8mb4';
}

async function addMissingColumns(knex: Knex, shape: TableShape, table: ExistingTable): Promise<void> {
  const missing = shape.columns.filter((column) => !table.columns.has(column.name));
  if (missing.length === 0) return;
  await knex.schema.alterTable(shape.name, (builder) => {
    for (const column of missing) addColumn(knex, builder, column, true);
  });
}

async function ensureIndex(knex: Knex, table: string, index: IndexShape, existing: ExistingTable | undefined): Promise<void> {
  if (existing?.indexes.some((other) => serves(other, index))) return;
  // Where existing rows repeat a value a plain index still helps, and nothing is refused that worked before.
  const unique = index.unique && !(existing && (await hasDuplicates(knex, table, index.columns)));
  if (!unique && existing?.indexes.some((other) => serves(other, { ...index, unique: false }))) return;
  // Index names belong to their table on MySQL only; elsewhere `idx_key` could be somebody else's.
  const indexName = vendorOfKnex(knex) === 'mysql' ? index.name : `${table}_${index.name}`;
  await knex.schema.alterTable(table, (builder) => {
    if (unique) builder.unique([...index.columns], { indexName });
    else builder.index([...index.columns], indexName);
  });
}

function serves(other: { readonly columns: readonly string[]; readonly unique: boolean }, wanted: IndexShape): boolean {
  if (!wanted.columns.every((column, i) => other.columns[i] === column)) return false;
  return !wanted.unique || (other.unique && other.columns.length === wanted.columns.length);
}

async function hasDuplicates(knex: Knex, table: string, columns: readonly string[]): Promise<boolean> {
  const query = knex(table).select(knex.raw('1 as found')).groupBy(columns).having(knex.raw('count(*) > 1')).limit(1);
  for (const column of columns) query.whereNotNull(column);
  return (await query).length > 0;
}
