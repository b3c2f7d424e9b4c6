/** One table as the rows of PostgreSQL's catalogue tell it. */
import type { Collation, IntrospectedColumn, IntrospectedForeignKey, IntrospectedTable, Row } from '../../dialect/types.ts';
import { holdsPoints } from './postgis.ts';
import { isEndless, sizeOf, storageOf } from './storage.ts';

/** A cell of the catalogue as text; nothing is empty. */
export const text = (value: unknown): string => String(value ?? '');
const optional = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** What columns refer to, by id. */
export interface ColumnTypes {
  readonly enums: ReadonlyMap<string, readonly string[]>;
  readonly collations: ReadonlyMap<string, Collation>;
}

/** A column, by its row of the catalogue. */
export function columnOf(row: Row, { enums, collations }: ColumnTypes): IntrospectedColumn {
  const type = text(row['type']);
  const array = row['array'] === true;
  const storage = storageOf(type, text(row['kind']), array);
  const preset = optional(row['preset']);
  const generated = row['generated'] === true;
  const identity = row['identity'] === true;
  const collation = storage === 'text' ? collations.get(text(row['collation'])) : undefined;
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
    ...(row['always'] === true ? { identityAlways: true as const } : {}),
    ...(row['kind'] === 'b' && holdsPoints(storage, type, text(row['native'])) ? { points: true as const } : {}),
    ...(isEndless(storage) ? { infinite: true as const } : {}),
    ...(values ? { values } : {}),
    ...(collation ? { collation } : {}),
    ...(array ? { element: storageOf(text(row['element']), text(row['element_kind']), false) } : {}),
    comment: optional(row['comment']),
  };
}

/** A table of which the catalogue's rows come one by one. */
export interface Draft {
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

/** Adds an index, unless it is of something else than columns. */
export function addIndex(draft: Draft, row: Row): void {
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
export function addForeignKey(draft: Draft, row: Row): void {
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

/** The table, once all of it was added. `updatable` are the ids of the views that can be written to. */
export function tableOf(draft: Draft, updatable: ReadonlySet<string>): IntrospectedTable {
  const { row } = draft;
  const kind = text(row['kind']);
  const view = kind === 'v' || kind === 'm';
  return {
    schema: text(row['schema']),
    name: text(row['name']),
    kind: view ? 'view' : 'table',
    materialized: kind === 'm',
    updatable: kind === 'r' || kind === 'p' || updatable.has(text(row['id'])),
    ...(row['changed_after'] === true ? { changedAfter: true as const } : {}),
    ...(row['inherited'] === true ? { inherited: true as const } : {}),
    columns: draft.columns,
    primaryKey: draft.primaryKey,
    unique: draft.unique,
    indexes: draft.indexes,
    foreignKeys: draft.foreignKeys,
    rowEstimate: row['rows'] === null ? null : Number(row['rows']),
    comment: optional(row['comment']),
  };
}
