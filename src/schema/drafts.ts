/** Collections with their fields and keys, before relations are known. */
import type { IntrospectedColumn, IntrospectedTable, Introspection } from '../dialect/types.ts';
import type { Sliced } from '../lib/slices.ts';
import { fieldTypes, inferType, isFieldType } from './field-types.ts';
import { isOwnTable, isSystemName, secrets } from './system.ts';
import type { CollectionMeta, Field, FieldMeta, FieldType, Metadata, Relation, Remark } from './types.ts';

export interface Draft {
  readonly name: string;
  readonly table: IntrospectedTable;
  readonly system: boolean;
  readonly fields: ReadonlyMap<string, Field>;
  readonly key: readonly Field[];
  /** Rows of directus_fields by field name, also those without a column. */
  readonly rows: ReadonlyMap<string, FieldMeta>;
  /** Filled by `relate`. */
  readonly relations: Map<string, Relation>;
  readonly meta?: CollectionMeta;
  /** What there is to say of its columns and its key, and of tables that lost its name to it. */
  readonly remarks: readonly Remark[];
  /** Tables that would have the same name. */
  readonly rivals: readonly IntrospectedTable[];
}

export type Report = (remark: Remark) => void;

/** Orders texts by code units: the same everywhere. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rows grouped by collection; the first row of a field wins. */
function* rowsByCollection(metadata: Metadata): Sliced<Map<string, Map<string, FieldMeta>>> {
  const grouped = new Map<string, Map<string, FieldMeta>>();
  for (const row of [...metadata.fields].sort((a, b) => a.id - b.id)) {
    yield;
    const rows = grouped.get(row.collection) ?? new Map<string, FieldMeta>();
    grouped.set(row.collection, rows);
    if (!rows.has(row.field)) rows.set(row.field, row);
  }
  return grouped;
}

/** `user_created` is what `owner` was called before 8.3. */
function declaredType(row: FieldMeta): string {
  const type = row.type.toLowerCase();
  return type === 'user_created' ? 'owner' : type;
}

function typeOf(collection: string, column: IntrospectedColumn, row: FieldMeta | undefined, report: Report): FieldType {
  const fallback = inferType(column);
  if (!row) return fallback;
  const declared = declaredType(row);
  if (isFieldType(declared) && !fieldTypes[declared].alias) return declared;
  const what = isFieldType(declared) ? `the type "${declared}" is for fields without a column` : `the field type "${row.type}" is unknown`;
  report({ collection, field: column.name, reason: `${what}; the column is served as ${fallback}` });
  return fallback;
}

function remarkOnColumn(collection: string, column: IntrospectedColumn, report: Report): void {
  const { name } = column;
  if (column.storage === 'unknown') {
    report({ collection, field: name, reason: `the column type "${column.nativeType}" is unknown; its values are served as exact text` });
  }
  if (name === '' || name === '*' || /[.,]|^-/.test(name)) {
    report({ collection, field: name, reason: 'a name with a dot, a comma or a leading minus cannot be asked for, filtered or sorted by' });
  }
}

function keyOf(table: IntrospectedTable, rows: ReadonlyMap<string, FieldMeta>): string[] {
  const names = new Set(table.columns.map((column) => column.name));
  if (table.primaryKey.length > 0 && table.primaryKey.every((name) => names.has(name))) return [...table.primaryKey];
  const flagged = (row: FieldMeta | undefined): boolean => row?.options?.['primary_key'] === true || row?.interface === 'primary-key';
  return [...names].filter((name) => flagged(rows.get(name)));
}

function draftOf({ name, table, isDefault, rivals }: Named, { rows, meta }: Described): Draft {
  const remarks: Remark[] = [];
  const report: Report = (remark) => {
    remarks.push(remark);
  };
  const system = isDefault && isSystemName(table.name);
  const keyNames = keyOf(table, rows);
  const secretOf = system ? secrets[name] : undefined;
  const indexed = new Set([table.primaryKey, ...table.unique, ...table.indexes].flat());
  const fields = new Map<string, Field>();
  for (const column of table.columns) {
    remarkOnColumn(name, column, report);
    const row = rows.get(column.name);
    const type = typeOf(name, column, row, report);
    const secret = secretOf?.[column.name];
    const field: Field = {
      name: column.name,
      collection: name,
      type,
      storage: column.storage,
      column,
      primaryKey: keyNames.includes(column.name),
      unique: table.unique.some((columns) => columns.length === 1 && columns[0] === column.name),
      ...(indexed.has(column.name) ? { indexed: true } : {}),
      iso: system && (type === 'datetime' || type === 'datetime_created' || type === 'datetime_updated'),
      ...(secret ? { secret } : {}),
      ...(row ? { meta: row } : {}),
    };
    fields.set(column.name, Object.freeze(field));
  }
  const key = keyNames.flatMap((keyName) => fields.get(keyName) ?? []);
  if (key.length === 0) {
    const what = table.kind === 'view' ? 'the view' : 'the table';
    report({ collection: name, reason: `${what} has no key: its rows are listed, but cannot be addressed by id` });
  }
  for (const rival of rivals) {
    const reason = `the table "${rival.name}" of the schema "${rival.schema}" has the name of another collection; it is not served`;
    report({ collection: name, reason });
  }
  return { name, table, system, fields, key, rows, relations: new Map(), remarks, rivals, ...(meta ? { meta } : {}) };
}

/** What metadata says of one collection. */
interface Described {
  readonly rows: ReadonlyMap<string, FieldMeta>;
  readonly meta?: CollectionMeta | undefined;
}

type Describe = (name: string) => Described;

function* describing(metadata: Metadata): Sliced<Describe> {
  const rows = yield* rowsByCollection(metadata);
  const metas = new Map<string, CollectionMeta>();
  for (const meta of metadata.collections) if (!metas.has(meta.collection)) metas.set(meta.collection, meta);
  const none: ReadonlyMap<string, FieldMeta> = new Map();
  return (name) => ({ rows: rows.get(name) ?? none, meta: metas.get(name) });
}

/** Rows that say the same as before are the same objects (projects/metadata.ts). */
function sameRows(a: ReadonlyMap<string, FieldMeta>, b: ReadonlyMap<string, FieldMeta>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [name, row] of a) if (b.get(name) !== row) return false;
  return true;
}

/** What drafts were made of, and the drafts. */
export interface Drafted {
  readonly introspection: Introspection;
  readonly metadata: Metadata;
  readonly drafts: ReadonlyMap<string, Draft>;
}

interface Named {
  readonly name: string;
  readonly table: IntrospectedTable;
  /** Of the default schema. */
  readonly isDefault: boolean;
  readonly rivals: IntrospectedTable[];
}

/** The tables by collection name, in the order of these. */
function namedTables({ tables, defaultSchema }: Introspection): Named[] {
  const named = tables.flatMap((table): Named[] => {
    const isDefault = table.schema === null || table.schema === defaultSchema;
    if (isDefault && isOwnTable(table.name)) return [];
    return [{ name: isDefault ? table.name : `${table.schema}.${table.name}`, table, isDefault, rivals: [] }];
  });
  // Where names collide, a table of the default schema keeps its name.
  named.sort(
    (a, b) => byText(a.name, b.name) || Number(b.isDefault) - Number(a.isDefault) || byText(a.table.schema ?? '', b.table.schema ?? ''),
  );
  const served: Named[] = [];
  for (const one of named) {
    const last = served.at(-1);
    if (last?.name === one.name) last.rivals.push(one.table);
    else served.push(one);
  }
  return served;
}

/** Whether the draft says what a new one would. */
function holds(draft: Draft, { table, rivals }: Named, { rows, meta }: Described): boolean {
  const known = draft.table === table && draft.meta === meta && sameRows(draft.rows, rows);
  return known && draft.rivals.length === rivals.length && draft.rivals.every((rival, i) => rival === rivals[i]);
}

/**
 * One draft for each table and view, by collection name, in the order of their names. A draft of `before` whose table and metadata
 * are the same objects is taken over; the names of the others, and of those that are gone, are `changed`.
 */
export function* drafting(
  introspection: Introspection,
  metadata: Metadata,
  before: Drafted | undefined,
): Sliced<{ drafts: Map<string, Draft>; changed: Set<string> }> {
  const sameMetadata = before?.metadata === metadata;
  let describe: Describe | undefined;
  const drafts = new Map<string, Draft>();
  const changed = new Set<string>();
  for (const named of namedTables(introspection)) {
    yield;
    const { name } = named;
    const old = before?.drafts.get(name);
    if (old && sameMetadata && holds(old, named, old)) {
      drafts.set(name, old);
      continue;
    }
    describe ??= yield* describing(metadata);
    const described = describe(name);
    if (old && holds(old, named, described)) drafts.set(name, old);
    else {
      drafts.set(name, draftOf(named, described));
      changed.add(name);
    }
  }
  for (const name of before?.drafts.keys() ?? []) if (!drafts.has(name)) changed.add(name);
  return { drafts, changed };
}
