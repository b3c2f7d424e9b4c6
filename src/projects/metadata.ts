/** Reads the directus_* tables that describe the schema and the rights. Their content never stops a start. */
import type { IntrospectedTable, Introspection, Queryable, Row } from '../dialect/types.ts';
import { join, name, type Printer, print, sql } from '../lib/fragment.ts';
import type { CollectionMeta, FieldMeta, Metadata, RelationMeta } from '../schema/types.ts';

/** What compileRules of access/ takes: rows as stored, by id. */
export interface RuleRows {
  readonly permissions: readonly Row[];
  readonly roles: readonly Row[];
  readonly settings: readonly Row[];
}

const collectionColumns = ['collection', 'managed', 'hidden', 'single', 'icon', 'note', 'translation'];
const fieldColumns = [
  'id',
  'collection',
  'field',
  'type',
  'interface',
  'options',
  'locked',
  'validation',
  'required',
  'readonly',
  'hidden_detail',
  'hidden_browse',
  'sort',
  'width',
  'group',
  'note',
  'translation',
];
const relationColumns = ['id', 'collection_many', 'field_many', 'collection_one', 'field_one', 'junction_field'];

/** The table of that name in the default schema. */
function tableOf(introspection: Introspection, tableName: string): IntrospectedTable | undefined {
  return introspection.tables.find(
    (table) => table.name === tableName && (table.schema === null || table.schema === introspection.defaultSchema),
  );
}

/** Rows ordered by `order`, with those of the wanted columns that exist; none where the table or that column is missing. */
async function readRows(
  queryable: Queryable,
  printer: Printer,
  introspection: Introspection,
  tableName: string,
  order: string,
  wanted?: readonly string[],
): Promise<Row[]> {
  const table = tableOf(introspection, tableName);
  if (!table) return [];
  const present = table.columns.map((column) => column.name).filter((column) => !wanted || wanted.includes(column));
  if (!present.includes(order)) return [];
  const from = table.schema === null ? name(table.name) : name(table.schema, table.name);
  const columns = join(
    present.map((column) => name(column)),
    ', ',
  );
  return queryable.rows(print(sql`select ${columns} from ${from} order by ${name(order)}`, printer));
}

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

function collectionMeta(row: Row): CollectionMeta[] {
  const collection = named(row['collection']);
  if (collection === null) return [];
  return [
    {
      collection,
      // The column's default: a row says that the collection is managed unless it says otherwise (directus8-tables §2).
      managed: row['managed'] === undefined || row['managed'] === null || truth(row['managed']),
      hidden: truth(row['hidden']),
      single: truth(row['single']),
      icon: text(row['icon']),
      note: text(row['note']),
      translation: json(row['translation']),
    },
  ];
}

function fieldMeta(row: Row): FieldMeta[] {
  const [collection, field] = [named(row['collection']), named(row['field'])];
  if (collection === null || field === null) return [];
  return [
    {
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
    },
  ];
}

function relationMeta(row: Row): RelationMeta[] {
  const [collectionMany, fieldMany] = [named(row['collection_many']), named(row['field_many'])];
  if (collectionMany === null || fieldMany === null) return [];
  return [
    {
      id: number(row['id']) ?? 0,
      collection_many: collectionMany,
      field_many: fieldMany,
      collection_one: named(row['collection_one']),
      field_one: named(row['field_one']),
      junction_field: named(row['junction_field']),
    },
  ];
}

/**
 * directus_collections, directus_fields and directus_relations, decoded; empty lists where a table is missing. Columns that an
 * older Directus 8 lacks count as null. Throws only what the database does: unreachable, or reading denied.
 */
export async function loadMetadata(queryable: Queryable, printer: Printer, introspection: Introspection): Promise<Metadata> {
  const collections = await readRows(queryable, printer, introspection, 'directus_collections', 'collection', collectionColumns);
  const fields = await readRows(queryable, printer, introspection, 'directus_fields', 'id', fieldColumns);
  const relations = await readRows(queryable, printer, introspection, 'directus_relations', 'id', relationColumns);
  const settings = await readRows(queryable, printer, introspection, 'directus_settings', 'key', ['key', 'value']);
  const statusMapping = json(settings.find((row) => row['key'] === 'status_mapping')?.['value'] ?? null);
  return {
    collections: collections.flatMap(collectionMeta),
    fields: fields.flatMap(fieldMeta),
    relations: relations.flatMap(relationMeta),
    ...(statusMapping === null ? {} : { statusMapping }),
  };
}

/** directus_permissions, directus_roles and directus_settings as stored, by id; empty lists where a table is missing. */
export async function loadRuleRows(queryable: Queryable, printer: Printer, introspection: Introspection): Promise<RuleRows> {
  const read = (table: string): Promise<Row[]> => readRows(queryable, printer, introspection, table, 'id');
  return {
    permissions: await read('directus_permissions'),
    roles: await read('directus_roles'),
    settings: await read('directus_settings'),
  };
}
