/** Reads the directus_* tables that describe the schema and the rights. Their content never stops a start. */
import type { Introspection, Queryable, Row } from '../dialect/types.ts';
import type { Printer } from '../lib/fragment.ts';
import { fieldAttributes } from '../schema/field-attributes.ts';
import type { CollectionMeta, FieldMeta, Metadata, RelationMeta } from '../schema/types.ts';
import { type Decoded, readDecoded, type Source, type Wanted } from './rows.ts';

/** What compileRules of access/ takes: rows as stored, by id. */
export interface RuleRows {
  readonly permissions: readonly Row[];
  readonly roles: readonly Row[];
  readonly settings: readonly Row[];
  /** Of directus_webhooks. */
  readonly webhooks: readonly Row[];
}

const collectionsWanted: Wanted<CollectionMeta> = {
  table: 'directus_collections',
  order: 'collection',
  decode: collectionMeta,
  columns: ['collection', 'managed', 'hidden', 'single', 'icon', 'note', 'translation'],
};
const fieldsWanted: Wanted<FieldMeta> = {
  table: 'directus_fields',
  order: 'id',
  decode: fieldMeta,
  columns: ['id', 'collection', 'field', ...fieldAttributes],
};
const relationsWanted: Wanted<RelationMeta> = {
  table: 'directus_relations',
  order: 'id',
  decode: relationMeta,
  columns: ['id', 'collection_many', 'field_many', 'collection_one', 'field_one', 'junction_field'],
};

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** A name; the empty text names nothing. */
function named(value: unknown): string | null {
  return text(value) || null;
}

function truth(value: unknown): boolean {
  return value === true || ['1', 't', 'true'].includes(String(value).toLowerCase());
}

/** A small number; null for anything else. */
function number(value: unknown): number | null {
  const found = value === null || value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isSafeInteger(found) ? found : null;
}

/** JSON as stored in a text, or as the driver decoded it; null where it is not JSON. */
function json(value: unknown): unknown {
  if (typeof value !== 'string') return typeof value === 'object' ? value : null;
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

function options(value: unknown): Record<string, unknown> | null {
  const decoded = json(value);
  return decoded !== null && typeof decoded === 'object' && !Array.isArray(decoded) ? (decoded as Record<string, unknown>) : null;
}

function collectionMeta(row: Row): CollectionMeta | undefined {
  const collection = named(row['collection']);
  if (collection === null) return undefined;
  return {
    collection,
    // The column's default: a row says that the collection is managed unless it says otherwise (directus8-tables §2).
    managed: row['managed'] === undefined || row['managed'] === null || truth(row['managed']),
    hidden: truth(row['hidden']),
    single: truth(row['single']),
    icon: text(row['icon']),
    note: text(row['note']),
    translation: json(row['translation']),
  };
}

function fieldMeta(row: Row): FieldMeta | undefined {
  const [collection, field] = [named(row['collection']), named(row['field'])];
  if (collection === null || field === null) return undefined;
  return {
    id: number(row['id']) ?? 0,
    collection,
    field,
    type: text(row['type']) ?? '',
    interface: text(row['interface']),
    options: options(row['options']),
    locked: truth(row['locked']),
    validation: text(row['validation']),
    required: truth(row['required']),
    readonly: truth(row['readonly']),
    hidden_detail: truth(row['hidden_detail']),
    hidden_browse: truth(row['hidden_browse']),
    sort: number(row['sort']),
    width: text(row['width']),
    group: number(row['group']),
    note: text(row['note']),
    translation: json(row['translation']),
  };
}

function relationMeta(row: Row): RelationMeta | undefined {
  const [collectionMany, fieldMany] = [named(row['collection_many']), named(row['field_many'])];
  if (collectionMany === null || fieldMany === null) return undefined;
  return {
    id: number(row['id']) ?? 0,
    collection_many: collectionMany,
    field_many: fieldMany,
    collection_one: named(row['collection_one']),
    field_one: named(row['field_one']),
    junction_field: named(row['junction_field']),
  };
}

interface Memory {
  readonly collections: Decoded<CollectionMeta>;
  readonly fields: Decoded<FieldMeta>;
  readonly relations: Decoded<RelationMeta>;
  readonly settings: Decoded<unknown>;
}

const memories = new WeakMap<Metadata, Memory>();

const statusMapping = (row: Row): unknown => (row['key'] === 'status_mapping' ? (json(row['value'] ?? null) ?? undefined) : undefined);

/**
 * directus_collections, directus_fields and directus_relations, decoded; empty lists where a table is missing. Columns that an
 * older Directus 8 lacks count as null. Throws only what the database does: unreachable, or reading denied.
 *
 * @returns what was read `before`, when it still says the same; else rows that do are the same objects
 */
export async function loadMetadata(
  queryable: Queryable,
  printer: Printer,
  introspection: Introspection,
  before?: Metadata,
): Promise<Metadata> {
  const source: Source = { queryable, printer, introspection };
  const known = before && memories.get(before);
  const settings = { table: 'directus_settings', order: 'key', columns: ['key', 'value'], decode: statusMapping };
  const memory: Memory = {
    collections: await readDecoded(source, collectionsWanted, known?.collections),
    fields: await readDecoded(source, fieldsWanted, known?.fields),
    relations: await readDecoded(source, relationsWanted, known?.relations),
    settings: await readDecoded(source, settings, known?.settings),
  };
  if (before && known && sameAs(known, memory)) return before;
  const [mapping] = memory.settings.rows;
  const metadata: Metadata = {
    collections: memory.collections.rows,
    fields: memory.fields.rows,
    relations: memory.relations.rows,
    ...(mapping === undefined ? {} : { statusMapping: mapping }),
  };
  memories.set(metadata, memory);
  return metadata;
}

function sameAs(a: Memory, b: Memory): boolean {
  return a.collections === b.collections && a.fields === b.fields && a.relations === b.relations && a.settings === b.settings;
}

const asStored = (row: Row): Row => row;

interface RuleMemory {
  readonly permissions: Decoded<Row>;
  readonly roles: Decoded<Row>;
  readonly settings: Decoded<Row>;
  readonly webhooks: Decoded<Row>;
}

function sameRules(a: RuleMemory, b: RuleMemory): boolean {
  return a.permissions === b.permissions && a.roles === b.roles && a.settings === b.settings && a.webhooks === b.webhooks;
}

const ruleMemories = new WeakMap<RuleRows, RuleMemory>();

/**
 * directus_permissions, directus_roles, directus_settings and directus_webhooks as stored, by id; empty lists where a table is missing.
 *
 * @returns what was read `before`, when it still says the same
 */
export async function loadRuleRows(
  queryable: Queryable,
  printer: Printer,
  introspection: Introspection,
  before?: RuleRows,
): Promise<RuleRows> {
  const known = before && ruleMemories.get(before);
  const read = (table: string, last: Decoded<Row> | undefined): Promise<Decoded<Row>> =>
    readDecoded({ queryable, printer, introspection }, { table, order: 'id', decode: asStored }, last);
  const permissions = await read('directus_permissions', known?.permissions);
  const roles = await read('directus_roles', known?.roles);
  const settings = await read('directus_settings', known?.settings);
  const webhooks = await read('directus_webhooks', known?.webhooks);
  const now: RuleMemory = { permissions, roles, settings, webhooks };
  if (before && known && sameRules(known, now)) return before;
  const rows: RuleRows = { permissions: permissions.rows, roles: roles.rows, settings: settings.rows, webhooks: webhooks.rows };
  ruleMemories.set(rows, now);
  return rows;
}
