/** Reads PostgreSQL's catalogue: tables, columns, keys, indexes and enums of the served schemas. */
import type { Connection, IntrospectedColumn, IntrospectedForeignKey, IntrospectedTable, Introspection, Row } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import {
  columnsQuery,
  enumsQuery,
  fingerprintQuery,
  foreignKeysQuery,
  indexesQuery,
  partitionKeysQuery,
  tablesQuery,
  updatableQuery,
} from './catalogue.ts';
import { isElsewhere } from './errors.ts';
import { sizeOf, storageOf } from './storage.ts';

const text = (value: unknown): string => String(value ?? '');
const optional = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** The schemas asked for, or the connection's own. */
async function schemasOf(connection: Connection, schemas: readonly string[] | undefined): Promise<readonly string[]> {
  if (schemas && schemas.length > 0) return schemas;
  const [row] = await connection.rows({ text: "select coalesce(current_schema(), 'public') as name", values: [] });
  return [text(row?.['name'])];
}

function columnOf(row: Row, enums: ReadonlyMap<string, readonly string[]>): IntrospectedColumn {
  const type = text(row['type']);
  const array = row['array'] === true;
  const storage = storageOf(type, text(row['kind']), array);
  const preset = optional(row['preset']);
  const generated = row['generated'] === true;
  const identity = row['identity'] === true;
  const values = storage === 'enum' ? enums.get(text(row['type_id'])) : undefined;
  return {
    name: text(row['name']),
    type,
    nativeType: text(row['native']),
    storage,
    ...sizeOf(type, Number(row['modifier'])),
    unsigned: false,
    nullable: row['required'] !== true,
    default: generated || identity ? null : preset,
    generated,
    autoIncrement: identity || (!generated && preset !== null && /^nextval\(/.test(preset)),
    ...(values ? { values } : {}),
    ...(array ? { element: storageOf(text(row['element']), text(row['element_kind']), false) } : {}),
    comment: optional(row['comment']),
  };
}

interface Draft {
  readonly row: Row;
  readonly columns: IntrospectedColumn[];
  /** Names by attribute number. */
  readonly names: Map<number, string>;
  primaryKey: readonly string[];
  readonly unique: (readonly string[])[];
  readonly indexes: (readonly string[])[];
  readonly foreignKeys: IntrospectedForeignKey[];
}

/** The columns of `1 3 2`; undefined when one of them is an expression or may not be read. */
function namesOf(draft: Draft, numbers: unknown): readonly string[] | undefined {
  const names: string[] = [];
  for (const number of text(numbers).split(' ')) {
    const name = draft.names.get(Number(number));
    if (name === undefined) return undefined;
    names.push(name);
  }
  return names;
}

function addIndex(draft: Draft, row: Row): void {
  const names = namesOf(draft, row['columns']);
  if (!names) return;
  if (row['primary'] === true) draft.primaryKey = names;
  else if (row['unique'] === true) draft.unique.push(names);
  else if (row['partial'] !== true) draft.indexes.push(names);
}

/** A JSON list of names. */
function listOf(value: unknown): string[] {
  const parsed: unknown = JSON.parse(text(value) || '[]');
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

/** `columns` are numbers of the table's own attributes; a key taken over from partitions, where those differ, has `names`. */
function addForeignKey(draft: Draft, row: Row): void {
  const own = row['names'] === undefined ? namesOf(draft, row['columns']) : listOf(row['names']);
  const columns = own?.every((name) => draft.columns.some((column) => column.name === name)) ? own : undefined;
  const toColumns = listOf(row['to_names']);
  if (!columns) return;
  draft.foreignKeys.push({
    name: text(row['name']),
    columns,
    toSchema: text(row['to_schema']),
    toTable: text(row['to_table']),
    toColumns,
  });
}

function tableOf(draft: Draft, updatable: ReadonlySet<string>): IntrospectedTable {
  const { row } = draft;
  const kind = text(row['kind']);
  const view = kind === 'v' || kind === 'm';
  return {
    schema: text(row['schema']),
    name: text(row['name']),
    kind: view ? 'view' : 'table',
    materialized: kind === 'm',
    updatable: kind === 'r' || kind === 'p' || updatable.has(text(row['id'])),
    columns: draft.columns,
    primaryKey: draft.primaryKey,
    unique: draft.unique,
    indexes: draft.indexes,
    foreignKeys: draft.foreignKeys,
    rowEstimate: row['rows'] === null ? null : Number(row['rows']),
    comment: optional(row['comment']),
  };
}

/** A wrapper that cannot say what it takes leaves all views unchangeable; a lost connection stays a failure. */
function unasked(error: unknown): Row[] {
  if (error instanceof GatewayError && !isElsewhere(error.cause)) {
    if (error.kind === 'database_unavailable' || error.kind === 'statement_timeout') throw error;
  }
  return [];
}

/** Reads the catalogue; objects that the connection's user may not read are left out. See `Vendor.introspect`. */
export async function introspect(connection: Connection, schemas?: readonly string[]): Promise<Introspection> {
  const names = await schemasOf(connection, schemas);
  const ask = (query: string): Promise<Row[]> => connection.rows({ text: query, values: query.includes('$1') ? [names] : [] });
  const [tables, updatableRows, columns, indexes, foreignKeys, partitionKeys, enumRows, version] = await Promise.all([
    ask(tablesQuery),
    ask(updatableQuery).catch(unasked),
    ask(columnsQuery),
    ask(indexesQuery),
    ask(foreignKeysQuery),
    ask(partitionKeysQuery),
    ask(enumsQuery),
    ask("select current_setting('server_version') as version"),
  ]);
  const enums = new Map(enumRows.map((row) => [text(row['id']), JSON.parse(text(row['labels'])) as string[]]));
  const drafts = new Map<string, Draft>();
  for (const row of tables) {
    drafts.set(text(row['id']), { row, columns: [], names: new Map(), primaryKey: [], unique: [], indexes: [], foreignKeys: [] });
  }
  for (const row of columns) {
    const draft = drafts.get(text(row['id']));
    if (!draft) continue;
    draft.columns.push(columnOf(row, enums));
    draft.names.set(Number(row['position']), text(row['name']));
  }
  for (const row of indexes) {
    const draft = drafts.get(text(row['id']));
    if (draft) addIndex(draft, row);
  }
  for (const row of [...foreignKeys, ...partitionKeys]) {
    const draft = drafts.get(text(row['id']));
    if (draft) addForeignKey(draft, row);
  }
  const number = text(version[0]?.['version']).split(' ')[0];
  const updatable = new Set(updatableRows.filter((row) => row['updatable'] === true).map((row) => text(row['id'])));
  return {
    version: `PostgreSQL ${number}`,
    defaultSchema: names[0] ?? null,
    tables: [...drafts.values()].map((draft) => tableOf(draft, updatable)),
  };
}

/** Changes with every table, column, key, index, enum label and domain of the schemas. See `Vendor.fingerprint`. */
export async function fingerprint(connection: Connection, schemas?: readonly string[]): Promise<string> {
  const names = await schemasOf(connection, schemas);
  const [row] = await connection.rows({ text: fingerprintQuery, values: [names] });
  return text(row?.['print']);
}
