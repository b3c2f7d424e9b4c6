/** Reads PostgreSQL's catalogue: tables, columns, keys, indexes and enums of the served schemas. */
import { reuseUnchanged } from '../../dialect/reuse-unchanged.ts';
import type { Connection, IntrospectedTable, Introspection, Row } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { inSlices, type Sliced } from '../../lib/slices.ts';
import { columnsQuery, enumsQuery, foreignKeysQuery, indexesQuery, partitionKeysQuery, tablesQuery, updatableQuery } from './catalogue.ts';
import { collationOf, collationsQuery } from './collations.ts';
import { isElsewhere } from './errors.ts';
import { fingerprintQuery, fingerprintsQuery } from './fingerprints.ts';
import { addForeignKey, addIndex, type ColumnTypes, columnOf, type Draft, tableOf, text } from './introspected-table.ts';
import { readTextIndexes } from './text-indexes.ts';

/** A large catalogue takes its time, whatever requests may take. */
const unlimited = { timeout: 0 };

const schemaQuery = "select coalesce(current_schema(), 'public') as name, current_setting('server_version') as version";

/** The schemas asked for, or the connection's own; and the server's version. */
async function askServer(
  connection: Connection,
  schemas: readonly string[] | undefined,
): Promise<{ names: readonly string[]; version: string }> {
  const [row] = await connection.rows({ text: schemaQuery, values: [] });
  const names = schemas && schemas.length > 0 ? schemas : [text(row?.['name'])];
  return { names, version: text(row?.['version']).split(' ')[0] ?? '' };
}

/** A wrapper that cannot say what it takes leaves all views unchangeable; a lost connection stays a failure. */
function unasked(error: unknown): Row[] {
  if (error instanceof GatewayError && !isElsewhere(error.cause)) {
    if (error.kind === 'database_unavailable' || error.kind === 'statement_timeout') throw error;
  }
  return [];
}

type Ask = (query: string, values?: readonly unknown[]) => Promise<Row[]>;

/** What is asked once, whatever the number of tables: it concerns few of them. */
interface Shared extends ColumnTypes {
  readonly updatable: ReadonlySet<string>;
  readonly partitionKeys: readonly Row[];
}

async function askShared(ask: Ask, names: readonly string[]): Promise<Shared> {
  const [updatable, partitionKeys, enums, collations] = await Promise.all([
    ask(updatableQuery, [names]).catch(unasked),
    ask(partitionKeysQuery, [names]),
    ask(enumsQuery),
    ask(collationsQuery),
  ]);
  return {
    updatable: new Set(updatable.filter((row) => row['updatable'] === true).map((row) => text(row['id']))),
    partitionKeys,
    enums: new Map(enums.map((row) => [text(row['id']), JSON.parse(text(row['labels'])) as string[]])),
    collations: new Map(collations.map((row) => [text(row['id']), collationOf(row)])),
  };
}

/** Tables that are read at a time. */
const batch = 500;

/** Reads these tables, a number of them at a time: neither the server nor we are busy for long with any. */
async function readTables(ask: Ask, ids: readonly string[], shared: Shared, gently: boolean): Promise<Map<string, IntrospectedTable>> {
  const ordered = [...ids].sort((a, b) => Number(a) - Number(b));
  const found = new Map<string, IntrospectedTable>();
  for (let from = 0; from < ordered.length; from += batch) {
    const some = ordered.slice(from, from + batch);
    const values = [some, some[0], some.at(-1)];
    const answers = await askAll(ask, values, gently);
    await inSlices(assemble(answers, shared, found));
  }
  return found;
}

/** The answers about some tables. Requests that are served meanwhile need connections: `gently` takes one at a time. */
async function askAll(ask: Ask, values: readonly unknown[], gently: boolean): Promise<Row[][]> {
  const queries = [tablesQuery, columnsQuery, indexesQuery, foreignKeysQuery];
  if (!gently) return Promise.all(queries.map((query) => ask(query, values)));
  const answers: Row[][] = [];
  for (const query of queries) answers.push(await ask(query, values));
  return answers;
}

function* assemble(
  [tables = [], columns = [], indexes = [], keys = []]: Row[][],
  shared: Shared,
  into: Map<string, IntrospectedTable>,
): Sliced<void> {
  const drafts = new Map<string, Draft>();
  for (const row of tables) {
    drafts.set(text(row['id']), { row, columns: [], names: new Map(), primaryKey: [], unique: [], indexes: [], foreignKeys: [] });
  }
  const each = function* (rows: readonly Row[], add: (draft: Draft, row: Row) => void): Sliced<void> {
    for (const row of rows) {
      yield;
      const draft = drafts.get(text(row['id']));
      if (draft) add(draft, row);
    }
  };
  yield* each(columns, (draft, row) => {
    draft.columns.push(columnOf(row, shared));
    draft.names.set(Number(row['position']), text(row['name']));
  });
  yield* each(indexes, addIndex);
  yield* each([...keys, ...shared.partitionKeys], addForeignKey);
  for (const [id, draft] of drafts) into.set(id, tableOf(draft, shared.updatable));
}

/** What an introspection was made of: for each table what told that it had changed, and what was read. */
interface Memory {
  readonly names: readonly string[];
  /** By number. */
  readonly tables: ReadonlyMap<string, Known>;
}

interface Known {
  readonly print: string;
  readonly table: IntrospectedTable;
}

const memories = new WeakMap<Introspection, Memory>();

/** Reads the catalogue; objects that the connection's user may not read are left out. See `Vendor.introspect`. */
export async function introspect(
  connection: Connection,
  schemas?: readonly string[],
  before?: Introspection,
  anew = false,
): Promise<Introspection> {
  const { names, version } = await askServer(connection, schemas);
  const ask: Ask = (query, values = []) => connection.rows({ text: query, values }, unlimited);
  const memory = before && memories.get(before);
  const known = memory?.names.join('\0') === names.join('\0') ? memory?.tables : undefined;
  // Taken first: what changes while the catalogue is read is read again the next time.
  const prints = new Map((await ask(fingerprintsQuery, [names])).map((row) => [text(row['id']), text(row['print'])]));
  const changed = [...prints].filter(([id, print]) => anew || known?.get(id)?.print !== print).map(([id]) => id);
  const shared = await askShared(ask, names);
  const read = await readTables(ask, changed, shared, before !== undefined);

  const tables = await inSlices(together(prints, known, read, shared));
  const listed = [...tables.values()].map(({ table }) => table).sort(byName);
  const textIndexes = await readTextIndexes(connection, names);
  const introspection = { version: `PostgreSQL ${version}`, defaultSchema: names[0] ?? null, tables: listed, textIndexes };
  memories.set(introspection, { names, tables });
  return introspection;
}

/** What was read, and what has not changed. */
function* together(
  prints: ReadonlyMap<string, string>,
  known: Memory['tables'] | undefined,
  read: ReadonlyMap<string, IntrospectedTable>,
  shared: Shared,
): Sliced<Memory['tables']> {
  const tables = new Map<string, Known>();
  for (const [id, print] of prints) {
    yield;
    const old = known?.get(id);
    const again = read.get(id);
    const table = again ? reuseUnchanged(again, old?.table) : renewed(old, print, shared.updatable.has(id));
    if (table) tables.set(id, { print, table });
  }
  return tables;
}

/** A table read before that has not changed. What views and foreign tables take may depend on others. */
function renewed(known: Known | undefined, print: string, updatable: boolean): IntrospectedTable | undefined {
  if (known?.print !== print) return undefined;
  const { table } = known;
  return !/^0 [vf] /.test(print) || table.updatable === updatable ? table : { ...table, updatable };
}

function byName(a: IntrospectedTable, b: IntrospectedTable): number {
  const [schema, other] = [a.schema ?? '', b.schema ?? ''];
  if (schema !== other) return schema < other ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** Changes with every table, column, key, index, enum label and domain of the schemas. See `Vendor.fingerprint`. */
export async function fingerprint(connection: Connection, schemas?: readonly string[]): Promise<string> {
  const { names } = await askServer(connection, schemas);
  const [row] = await connection.rows({ text: fingerprintQuery, values: [names] }, unlimited);
  return text(row?.['print']);
}
