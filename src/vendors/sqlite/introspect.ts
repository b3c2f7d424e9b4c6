/** What a SQLite database holds: tables and views with columns, keys and indexes, from its pragmas, one query for each. */
import type { Connection, IntrospectedColumn, IntrospectedTable, Introspection } from '../../dialect/types.ts';
import { type CatalogueColumn, type CatalogueIndex, readCatalogue } from './catalogue.ts';
import { foreignKeyReader, primaryKeyOf } from './foreign-keys.ts';
import { typeOf } from './storage.ts';

/** Reads the whole catalogue. What SQLite itself cannot read, such as a view on a table that is gone, has no columns. */
export async function introspect(connection: Connection): Promise<Introspection> {
  const catalogue = await readCatalogue(connection);
  const foreignKeysOf = foreignKeyReader(catalogue);
  const tables = catalogue.tables.map((table): IntrospectedTable => {
    const indexes = catalogue.indexes.get(table.name) ?? [];
    const primaryKey = primaryKeyOf(table.name, catalogue);
    // A table whose INTEGER key has no index of its own has the row's number as its key, which SQLite fills in.
    const numbered = table.kind === 'table' && !table.withoutRowid && !indexes.some((index) => index.origin === 'pk');
    return {
      schema: null,
      name: table.name,
      kind: table.kind === 'view' ? 'view' : 'table',
      materialized: false,
      updatable: table.updatable,
      columns: (catalogue.columns.get(table.name) ?? []).map((column) =>
        columnOf(column, table.kind === 'view', numbered && primaryKey.length === 1 && column.key > 0),
      ),
      primaryKey,
      unique: columnLists(indexes, true),
      indexes: columnLists(indexes, false),
      foreignKeys: foreignKeysOf(table.name),
      rowEstimate: catalogue.estimates.get(table.name) ?? null,
      comment: null,
    };
  });
  return { version: `SQLite ${catalogue.version}`, defaultSchema: null, tables };
}

function columnOf(column: CatalogueColumn, inView: boolean, onlyKey: boolean): IntrospectedColumn {
  const autoIncrement = onlyKey && /^integer$/i.test(column.declared);
  return {
    name: column.name,
    ...typeOf(column.declared, inView),
    nativeType: column.declared,
    nullable: !column.notNull && !autoIncrement,
    default: column.default === null || /^null$/i.test(column.default) ? null : column.default,
    generated: column.generated,
    autoIncrement,
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
