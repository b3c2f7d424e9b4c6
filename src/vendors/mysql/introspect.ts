/** What a MySQL or MariaDB database holds: tables and views of the connection's own database, with columns, keys and indexes. */
import type { Connection, IntrospectedColumn, IntrospectedForeignKey, IntrospectedTable, Introspection } from '../../dialect/types.ts';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import { jsonColumnOf, labelsOf, mariadbDefault, storageOf } from './storage.ts';
import { serverName, serverOf } from './version.ts';

type Texts = readonly (string | null)[];

/** Sequences and temporary tables are tables to the catalogue, but nobody's data. */
const kinds: Readonly<Record<string, IntrospectedTable['kind']>> = {
  'BASE TABLE': 'table',
  'SYSTEM VERSIONED': 'table',
  VIEW: 'view',
};

/** Indexes of other kinds find words or shapes, not values. */
const otherIndexes = new Set(['FULLTEXT', 'SPATIAL', 'RTREE', 'VECTOR']);

/** Reads the whole catalogue. A view that is broken has no columns. */
export async function introspect(connection: Connection): Promise<Introspection> {
  const catalogue = await readCatalogue(connection);
  const server = serverOf(catalogue.server.version, catalogue.server.comment);
  const columns = columnsByTable(catalogue, server.flavor === 'mariadb');
  const indexes = indexesByTable(catalogue);
  const foreignKeys = foreignKeysByTable(catalogue, columns);
  const updatable = new Set(catalogue.views.filter(([, is]) => is === 'YES').map(([view]) => view));
  const tables: IntrospectedTable[] = [];
  for (const [name, type, rows, comment] of catalogue.tables) {
    const kind = kinds[type ?? ''];
    if (kind === undefined || name === null || name === undefined) continue;
    tables.push({
      schema: null,
      name,
      kind,
      materialized: false,
      updatable: kind === 'table' || updatable.has(name),
      columns: columns.get(name) ?? [],
      ...(indexes.get(name) ?? { primaryKey: [], unique: [], indexes: [] }),
      foreignKeys: foreignKeys.get(name) ?? [],
      rowEstimate: numberOf(rows) ?? null,
      // Of a view this is the word VIEW, or what is wrong with it.
      comment: kind === 'view' ? null : comment || null,
    });
  }
  tables.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { version: serverName(server), defaultSchema: null, tables };
}

function numberOf(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}

/** Rows by their first column, each without it. */
function grouped(rows: readonly Texts[]): Map<string, Texts[]> {
  const groups = new Map<string, Texts[]>();
  for (const [key, ...rest] of rows) {
    const group = groups.get(key ?? '');
    if (group) group.push(rest);
    else groups.set(key ?? '', [rest]);
  }
  return groups;
}

function columnsByTable(catalogue: Catalogue, mariadb: boolean): Map<string, IntrospectedColumn[]> {
  const json = new Map<string, Set<string>>();
  for (const [table, checks] of grouped(catalogue.checks)) {
    json.set(table, new Set(checks.flatMap(([check]) => jsonColumnOf(check ?? '') ?? [])));
  }
  const columns = new Map<string, IntrospectedColumn[]>();
  for (const [table, rows] of grouped(catalogue.columns)) {
    const jsonColumns = json.get(table);
    columns.set(
      table,
      rows.map((row) => columnOf(row, mariadb, jsonColumns?.has(row[0] ?? '') ?? false)),
    );
  }
  return columns;
}

function columnOf(row: Texts, mariadb: boolean, json: boolean): IntrospectedColumn {
  const [name, printed, nullable, dataType, columnType, characters, digits, decimals, fraction, extra, comment] = row;
  const type = (dataType ?? '').toLowerCase();
  const nativeType = columnType ?? type;
  const length = numberOf(characters);
  const precision = numberOf(digits) ?? numberOf(fraction);
  const scale = numberOf(decimals);
  const labelled = type === 'enum' || type === 'set';
  return {
    name: name ?? '',
    type,
    nativeType,
    storage: storageOf(type, precision, json),
    ...(length === undefined || labelled ? {} : { length }),
    ...(precision === undefined ? {} : { precision }),
    ...(scale === undefined ? {} : { scale }),
    unsigned: /\bunsigned\b/i.test(labelled ? '' : nativeType),
    nullable: nullable === 'YES',
    default: mariadb ? mariadbDefault(printed ?? null) : (printed ?? null),
    generated: /\b(?:VIRTUAL|STORED|PERSISTENT) GENERATED\b/i.test(extra ?? ''),
    autoIncrement: /\bauto_increment\b/i.test(extra ?? ''),
    ...(labelled ? { values: labelsOf(nativeType) } : {}),
    comment: comment || null,
  };
}

type Keys = Pick<IntrospectedTable, 'primaryKey' | 'unique' | 'indexes'>;

function indexesByTable(catalogue: Catalogue): Map<string, Keys> {
  const tables = new Map<string, Keys>();
  for (const [table, rows] of grouped(catalogue.indexes)) {
    const keys = { primaryKey: [] as string[], unique: [] as string[][], indexes: [] as string[][] };
    for (const [index, parts] of grouped(rows)) {
      const columns = parts.flatMap(([, column]) => column ?? []);
      const [notUnique, , , kind] = parts[0] ?? [];
      // An expression has no column.
      if (columns.length < parts.length || otherIndexes.has(kind ?? '')) continue;
      // Only the first characters of a column being unique says less than it seems to ask.
      const plain = parts.every(([, , prefix]) => prefix === null);
      if (index === 'PRIMARY') keys.primaryKey = columns;
      else if (notUnique === '0' && plain) keys.unique.push(columns);
      else keys.indexes.push(columns);
    }
    tables.set(table, keys);
  }
  return tables;
}

/**
 * Foreign keys as the catalogue has them, with the spelling of the columns and tables they name: a server whose names do not
 * tell cases apart keeps them as they were typed. Those to tables that do not exist are left out.
 */
function foreignKeysByTable(
  catalogue: Catalogue,
  columns: ReadonlyMap<string, readonly IntrospectedColumn[]>,
): Map<string, IntrospectedForeignKey[]> {
  const spelling = new Map<string, string>();
  for (const table of columns.keys()) spelling.set(table.toLowerCase(), table);
  const tableOf = (name: string): string | undefined => (columns.has(name) ? name : spelling.get(name.toLowerCase()));
  const columnOf = (table: string, name: string): string | undefined =>
    columns.get(table)?.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name;

  const tables = new Map<string, IntrospectedForeignKey[]>();
  for (const [table, rows] of grouped(catalogue.foreignKeys)) {
    const keys: IntrospectedForeignKey[] = [];
    for (const [name, parts] of grouped(rows)) {
      const [, toSchema = null, target] = parts[0] ?? [];
      const toTable = toSchema === null ? tableOf(target ?? '') : (target ?? undefined);
      if (toTable === undefined) continue;
      const from = parts.flatMap(([column]) => columnOf(table, column ?? '') ?? []);
      const to = parts.flatMap(([, , , column]) => (toSchema === null ? columnOf(toTable, column ?? '') : column) ?? []);
      if (from.length < parts.length || to.length < parts.length) continue;
      keys.push({ name, columns: from, toSchema, toTable, toColumns: to });
    }
    tables.set(table, keys);
  }
  return tables;
}
