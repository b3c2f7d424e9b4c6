/** What a MySQL or MariaDB database holds: tables and views of the connection's own database, with columns, keys and indexes. */
import { reuseUnchanged } from '../../dialect/reuse-unchanged.ts';
import type { Collation, Connection, IntrospectedColumn, IntrospectedTable, Introspection } from '../../dialect/types.ts';
import { inSlices, type Sliced } from '../../lib/slices.ts';
import { type Catalogue, readCatalogue, readFingerprints, readServer } from './catalogue.ts';
import { collationOf } from './compare.ts';
import { type CatalogueKey, finding, keysByTable, resolveForeignKeys } from './foreign-keys.ts';
import { grouping } from './rows.ts';
import { jsonColumnOf, labelsOf, mariadbDefault, storageOf } from './storage.ts';
import { readTextIndexes } from './text-indexes.ts';
import { serverName } from './version.ts';

type Texts = readonly (string | null)[];

/** Sequences and temporary tables are tables to the catalogue, but nobody's data. */
const kinds: Readonly<Record<string, IntrospectedTable['kind']>> = {
  'BASE TABLE': 'table',
  'SYSTEM VERSIONED': 'table',
  VIEW: 'view',
};

/** Indexes of other kinds find words or shapes, not values. */
const otherIndexes = new Set(['FULLTEXT', 'SPATIAL', 'RTREE', 'VECTOR']);

/** What an introspection was made of. */
interface Memory {
  readonly prints: ReadonlyMap<string, string>;
  /** Tables and views by name, their foreign keys as the catalogue has them. */
  readonly tables: ReadonlyMap<string, Known>;
}

interface Known {
  readonly table: IntrospectedTable;
  readonly keys: readonly CatalogueKey[];
}

const memories = new WeakMap<Introspection, Memory>();

/** Tables that are asked about one by one; for more it is cheaper to read all. */
const fewTables = 20;

/** Reads the catalogue. A view that is broken has no columns. See `Vendor.introspect`. */
export async function introspect(
  connection: Connection,
  _schemas?: readonly string[],
  before?: Introspection,
  anew = false,
): Promise<Introspection> {
  const { flavor, version } = await readServer(connection);
  const mariadb = flavor === 'mariadb';
  // Taken first: what changes while the catalogue is read is read again the next time.
  const prints = await readFingerprints(connection);
  const memory = before && memories.get(before);
  const changed = memory && !anew ? changedPrints(memory.prints, prints) : undefined;

  const tables = new Map<string, Known>();
  for (const [name, known] of memory?.tables ?? []) if (changed && !changed.has(name)) tables.set(name, known);
  const few = changed !== undefined && changed.size <= fewTables;
  const catalogues: Catalogue[] = [];
  if (!few) catalogues.push(await readCatalogue(connection, { mariadb }));
  else for (const name of changed) catalogues.push(await readCatalogue(connection, { mariadb }, name));
  for (const catalogue of catalogues) await inSlices(readTables(catalogue, mariadb, tables));
  await inSlices(linkTables(tables, memory, changed));
  const listed = [...tables.values()].map(({ table }) => table).sort((a, b) => (a.name < b.name ? -1 : 1));
  const textIndexes = await readTextIndexes(connection);
  const introspection = { version: serverName(flavor, version), defaultSchema: null, tables: listed, textIndexes };
  memories.set(introspection, { prints, tables });
  return introspection;
}

/** The names of what is new, gone or another than before. */
function changedPrints(before: Memory['prints'], now: Memory['prints']): ReadonlySet<string> {
  return new Set([...now.keys(), ...before.keys()].filter((name) => before.get(name) !== now.get(name)));
}

/** Adds the tables that are not there yet. */
function* readTables(catalogue: Catalogue, mariadb: boolean, into: Map<string, Known>): Sliced<void> {
  const columns = yield* columnsByTable(catalogue, mariadb);
  const indexes = yield* indexesByTable(catalogue);
  const keys = yield* keysByTable(catalogue.foreignKeys);
  // MySQL itself goes on calling a view updatable whose table is gone.
  const updatable = new Set(catalogue.views.flatMap(([view, is]) => (is === 'YES' && columns.has(view ?? '') ? [view] : [])));
  for (const [name, type, rows, comment] of catalogue.tables) {
    yield;
    const kind = kinds[type ?? ''];
    if (kind === undefined || name === null || name === undefined || into.has(name)) continue;
    const table: IntrospectedTable = {
      schema: null,
      name,
      kind,
      materialized: false,
      updatable: kind === 'table' || updatable.has(name),
      columns: columns.get(name) ?? [],
      ...(indexes.get(name) ?? { primaryKey: [], unique: [], indexes: [] }),
      foreignKeys: [],
      rowEstimate: numberOf(rows) ?? null,
      // Of a view this is the word VIEW, or what is wrong with it.
      comment: kind === 'view' ? null : comment || null,
    };
    into.set(name, { table, keys: keys.get(name) ?? [] });
  }
}

/** Gives the foreign keys of tables, where either end may be another than before, the names that exist. */
function* linkTables(tables: Map<string, Known>, before: Memory | undefined, changed: ReadonlySet<string> | undefined): Sliced<void> {
  const touched = changed && new Set([...changed].map((name) => name.toLowerCase()));
  const find = finding(tables);
  for (const [name, { table, keys }] of tables) {
    yield;
    const own = !changed || changed.has(name);
    if (!own && !keys.some((key) => touched?.has(key.toTable.toLowerCase()))) continue;
    const linked = { ...table, foreignKeys: resolveForeignKeys(table, keys, find) };
    tables.set(name, { table: reuseUnchanged(linked, before?.tables.get(name)?.table), keys });
  }
}

function numberOf(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}

function* columnsByTable(catalogue: Catalogue, mariadb: boolean): Sliced<Map<string, IntrospectedColumn[]>> {
  const json = new Map<string, Set<string>>();
  for (const [table, checks] of yield* grouping(catalogue.checks)) {
    json.set(table, new Set(checks.flatMap(([check]) => jsonColumnOf(check ?? '') ?? [])));
  }
  const columns = new Map<string, IntrospectedColumn[]>();
  const known = new Map<string, Collation>();
  // One value for each name, however many columns have it.
  const collations = (name: string): Collation => {
    const found = known.get(name) ?? collationOf(name);
    known.set(name, found);
    return found;
  };
  for (const [table, rows] of yield* grouping(catalogue.columns)) {
    yield;
    const jsonColumns = json.get(table);
    columns.set(
      table,
      rows.map((row) => columnOf(row, mariadb, jsonColumns?.has(row[0] ?? '') ?? false, collations)),
    );
  }
  return columns;
}

function columnOf(row: Texts, mariadb: boolean, json: boolean, collations: (name: string) => Collation): IntrospectedColumn {
  const [name, printed, nullable, dataType, columnType, characters, digits, decimals, fraction, extra, comment, collation] = row;
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
    ...(!labelled && /\bzerofill\b/i.test(nativeType) ? { padded: true as const } : {}),
    nullable: nullable === 'YES',
    default: mariadb ? mariadbDefault(printed ?? null) : (printed ?? null),
    generated: /\b(?:VIRTUAL|STORED|PERSISTENT) GENERATED\b/i.test(extra ?? ''),
    autoIncrement: /\bauto_increment\b/i.test(extra ?? ''),
    ...(type === 'point' || type === 'geometry' ? { points: true as const } : {}),
    ...(labelled ? { values: labelsOf(nativeType) } : {}),
    ...(collation === null || collation === undefined ? {} : { collation: collations(collation) }),
    comment: comment || null,
  };
}

type Keys = Pick<IntrospectedTable, 'primaryKey' | 'unique' | 'indexes'>;

function* indexesByTable(catalogue: Catalogue): Sliced<Map<string, Keys>> {
  const tables = new Map<string, Keys>();
  for (const [table, rows] of yield* grouping(catalogue.indexes)) {
    const keys = { primaryKey: [] as string[], unique: [] as string[][], indexes: [] as string[][] };
    for (const [index, parts] of yield* grouping(rows)) {
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
