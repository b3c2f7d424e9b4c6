/** Collections with their fields and keys, before relations are known. */
import type { IntrospectedColumn, IntrospectedTable, Introspection } from '../dialect/types.ts';
import { fieldTypes, inferType, isFieldType } from './field-types.ts';
import { isSystemName, secrets } from './system.ts';
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
}

export type Report = (remark: Remark) => void;

/** Orders texts by code units: the same everywhere. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rows grouped by collection; the first row of a field wins. */
function rowsByCollection(metadata: Metadata): Map<string, Map<string, FieldMeta>> {
  const grouped = new Map<string, Map<string, FieldMeta>>();
  for (const row of [...metadata.fields].sort((a, b) => a.id - b.id)) {
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

function draftOf(
  name: string,
  table: IntrospectedTable,
  system: boolean,
  rows: ReadonlyMap<string, FieldMeta>,
  meta: CollectionMeta | undefined,
  report: Report,
): Draft {
  const keyNames = keyOf(table, rows);
  const secretOf = system ? secrets[name] : undefined;
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
  return { name, table, system, fields, key, rows, relations: new Map(), ...(meta ? { meta } : {}) };
}

/** One draft for each table and view, by collection name, in the order of their names. */
export function draftCollections(introspection: Introspection, metadata: Metadata, report: Report): Map<string, Draft> {
  const { defaultSchema } = introspection;
  const isDefault = (table: IntrospectedTable): boolean => table.schema === null || table.schema === defaultSchema;
  const nameOf = (table: IntrospectedTable): string => (isDefault(table) ? table.name : `${table.schema}.${table.name}`);
  // Where names collide, a table of the default schema keeps its name.
  const tables = [...introspection.tables].sort(
    (a, b) => byText(nameOf(a), nameOf(b)) || Number(isDefault(b)) - Number(isDefault(a)) || byText(a.schema ?? '', b.schema ?? ''),
  );
  const rows = rowsByCollection(metadata);
  const metas = new Map<string, CollectionMeta>();
  for (const meta of metadata.collections) if (!metas.has(meta.collection)) metas.set(meta.collection, meta);
  const drafts = new Map<string, Draft>();
  for (const table of tables) {
    const name = nameOf(table);
    if (drafts.has(name)) {
      report({
        collection: name,
        reason: `the table "${table.name}" of the schema "${table.schema}" has the name of another collection; it is not served`,
      });
      continue;
    }
    const system = isDefault(table) && isSystemName(table.name);
    drafts.set(name, draftOf(name, table, system, rows.get(name) ?? new Map(), metas.get(name), report));
  }
  return drafts;
}
