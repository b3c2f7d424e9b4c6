/** What a SQLite database holds: tables and views with columns, keys and indexes, from its pragmas, one query for each. */
import { reuseUnchanged } from '../../dialect/reuse-unchanged.ts';
import type { Collation, Connection, IntrospectedColumn, IntrospectedTable, Introspection, Storage } from '../../dialect/types.ts';
import { inSlices, type Sliced } from '../../lib/slices.ts';
import {
  type Catalogue,
  type CatalogueColumn,
  type CatalogueForeignKey,
  type CatalogueIndex,
  type CatalogueTable,
  readCatalogue,
} from './catalogue.ts';
import { type FindTable, resolveForeignKeys } from './foreign-keys.ts';
import { folded } from './names.ts';
import { typeOf } from './storage.ts';
import { changedDefinitions, readTableDefinitions, type TableDefinitions } from './table-definitions.ts';
import { withTextIndexes } from './text-indexes.ts';

/** What an introspection was made of. */
interface Memory {
  readonly prints: TableDefinitions;
  /** Tables and views by folded name, their foreign keys as they were typed. */
  readonly tables: ReadonlyMap<string, Known>;
}

interface Known {
  readonly table: IntrospectedTable;
  readonly keys: readonly CatalogueForeignKey[];
}

const memories = new WeakMap<Introspection, Memory>();

/** Reads the catalogue. What SQLite itself cannot read, such as a view on a table that is gone, has no columns. See `Vendor.introspect`. */
export async function introspect(
  connection: Connection,
  _schemas?: readonly string[],
  before?: Introspection,
  anew = false,
): Promise<Introspection> {
  const [[version] = []] = await connection.texts({ text: 'select sqlite_version()', values: [] });
  // Taken first: what changes while the catalogue is read is read again the next time.
  const prints = await readTableDefinitions(connection);
  const memory = before && memories.get(before);
  const changed = memory && !anew ? changedDefinitions(memory.prints, prints) : undefined;
  const names = changed && new Set([...changed].flatMap((key) => prints.get(key)?.name ?? []));
  const catalogue = await readCatalogue(connection, names);

  const tables = new Map<string, Known>();
  for (const [key, known] of memory?.tables ?? []) if (changed && !changed.has(key)) tables.set(key, known);
  await inSlices(addTables(catalogue, tables));
  await inSlices(linkTables(tables, memory, changed));
  const listed = [...tables.values()].map(({ table }) => table).sort((a, b) => (a.name < b.name ? -1 : 1));
  const introspection = { version: `SQLite ${version}`, defaultSchema: null, ...(await withTextIndexes(connection, listed)) };
  memories.set(introspection, { prints, tables });
  return introspection;
}

/** Names of tables and views that are not as they were introspected. See `Vendor.changed`. */
export async function changed(connection: Connection, before: Introspection): Promise<ReadonlySet<string> | undefined> {
  const memory = memories.get(before);
  if (!memory) return undefined;
  const prints = await readTableDefinitions(connection);
  const names = [...changedDefinitions(memory.prints, prints)].flatMap((key) => [
    memory.prints.get(key)?.name ?? [],
    prints.get(key)?.name ?? [],
  ]);
  return new Set(names.flat());
}

function* addTables(catalogue: Catalogue, to: Map<string, Known>): Sliced<void> {
  for (const table of catalogue.tables) {
    yield;
    to.set(folded(table.name), { table: tableOf(table, catalogue), keys: catalogue.foreignKeys.get(table.name) ?? [] });
  }
}

/** Gives the foreign keys of tables, where either end may be another than before, the names that exist. */
function* linkTables(tables: Map<string, Known>, before: Memory | undefined, changed: ReadonlySet<string> | undefined): Sliced<void> {
  const find: FindTable = (name) => {
    const table = tables.get(name)?.table;
    return table?.kind === 'table' ? table : undefined;
  };
  for (const [key, { table, keys }] of tables) {
    yield;
    const own = !changed || changed.has(key);
    if (!own && !keys.some((one) => changed.has(folded(one.toTable)))) continue;
    const linked = { ...table, foreignKeys: resolveForeignKeys(table, keys, find) };
    tables.set(key, { table: reuseUnchanged(linked, before?.tables.get(key)?.table), keys });
  }
}

function tableOf(table: CatalogueTable, catalogue: Catalogue): IntrospectedTable {
  const columns = catalogue.columns.get(table.name) ?? [];
  const indexes = catalogue.indexes.get(table.name) ?? [];
  const primaryKey = primaryKeyOf(columns);
  const collations = collationsOf(indexes);
  // A table whose INTEGER key has no index of its own has the row's number as its key, which SQLite fills in.
  const numbered = table.kind === 'table' && !table.withoutRowid && !indexes.some((index) => index.origin === 'pk');
  return {
    schema: null,
    name: table.name,
    kind: table.kind === 'view' ? 'view' : 'table',
    materialized: false,
    updatable: table.updatable,
    ...(table.kind === 'table' && table.triggered ? { changedAfter: true as const } : {}),
    columns: columns.map((column) =>
      columnOf(column, table.kind === 'view', numbered && primaryKey.length === 1 && column.key > 0, collations),
    ),
    primaryKey,
    unique: columnLists(indexes, true),
    indexes: columnLists(indexes, false),
    foreignKeys: [],
    rowEstimate: catalogue.estimates.get(table.name) ?? null,
    comment: null,
  };
}

/** The columns of a table's primary key, in key order. */
function primaryKeyOf(columns: readonly CatalogueColumn[]): string[] {
  const key = columns.filter((column) => column.key > 0);
  return key.sort((a, b) => a.key - b.key).map((column) => column.name);
}

/** SQLite's own beside the one by bytes; of others, which an application brought along, we have none. */
const ownCollations = new Set(['NOCASE', 'RTRIM']);

/**
 * The collations, by column, of indexes that begin with a column. What a column itself was declared with does not matter: it is named
 * in every comparison.
 */
function collationsOf(indexes: readonly CatalogueIndex[]): ReadonlyMap<string, Collation> {
  const found = new Map<string, Collation>();
  for (const { columns, collations } of indexes) {
    const [column, collation] = [columns[0], collations[0]?.toUpperCase()];
    if (column && collation && ownCollations.has(collation)) found.set(column, { name: collation, exact: false, byCodePoint: false });
  }
  // An index by bytes serves without help.
  for (const { columns, collations } of indexes) if (columns[0] && collations[0]?.toUpperCase() === 'BINARY') found.delete(columns[0]);
  return found;
}

const spelled: ReadonlySet<Storage> = new Set<Storage>(['date', 'time', 'datetime', 'instant', 'uuid']);

function columnOf(
  column: CatalogueColumn,
  inView: boolean,
  onlyKey: boolean,
  collations: ReadonlyMap<string, Collation>,
): IntrospectedColumn {
  const autoIncrement = onlyKey && /^integer$/i.test(column.declared);
  const collation = collations.get(column.name);
  const type = typeOf(column.declared, inView);
  return {
    name: column.name,
    ...type,
    ...(spelled.has(type.storage) ? { spelled: true as const } : {}),
    nativeType: column.declared,
    nullable: !column.notNull && !autoIncrement,
    default: column.default === null || /^null$/i.test(column.default) ? null : column.default,
    generated: column.generated,
    autoIncrement,
    ...(collation ? { collation } : {}),
    comment: null,
  };
}

/** Columns of the indexes over whole tables; those of expressions are left out, and so is the primary key's. */
function columnLists(indexes: readonly CatalogueIndex[], unique: boolean): string[][] {
  return indexes.flatMap((index) => {
    const columns = index.columns.flatMap((column) => column ?? []);
    const wanted = index.unique === unique && !index.partial && index.origin !== 'pk' && columns.length === index.columns.length;
    return wanted ? [columns] : [];
  });
}

/** A number that SQLite itself counts up with every change of the schema. */
export async function fingerprint(connection: Connection): Promise<string> {
  const [[version] = []] = await connection.texts({ text: 'pragma schema_version', values: [] });
  return version ?? '';
}
