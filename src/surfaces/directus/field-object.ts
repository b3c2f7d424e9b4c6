/** Collections and fields as the Directus 8 admin app reads them: MySQL's type names on every database (directus8-system §7.1, §8.1). */
import { defaultText } from '../../schema/default-text.ts';
import type { Collection, Field, FieldMeta, Relation } from '../../schema/types.ts';
import { wireDatatype, wireLength } from '../../schema/wire-types.ts';
import { referenceColumn } from './reference-columns.ts';

interface Stored {
  id: number | null;
  type: string;
  sort: number | null;
  interface: string | null;
  hidden_detail: boolean;
  hidden_browse: boolean;
  required: boolean;
  options: unknown;
  locked: boolean | null;
  translation: unknown;
  readonly: boolean;
  width: string | null;
  validation: string | null;
  group: number | null;
}

/** In the order of Directus 8, as all that is told of fields. */
function stored(meta: FieldMeta | undefined, type: string, required: boolean): Stored {
  return {
    id: meta?.id ?? null,
    type,
    sort: meta?.sort ?? null,
    interface: meta?.interface ?? null,
    hidden_detail: meta?.hidden_detail ?? false,
    hidden_browse: meta?.hidden_browse ?? false,
    required,
    options: meta?.options ?? null,
    locked: meta?.locked ?? null,
    translation: meta?.translation ?? null,
    readonly: meta?.readonly ?? false,
    width: meta?.width ?? null,
    validation: meta?.validation ?? null,
    group: meta?.group ?? null,
  };
}

/** A physical column. `alone`: read by its own name, where the stored required flag counts (directus8-system §8.1). */
function fieldObject(collection: Collection, field: Field, alone: boolean): Record<string, unknown> {
  const { column, meta } = field;
  return {
    collection: collection.name,
    field: field.name,
    datatype: wireDatatype(field),
    unique: field.unique,
    primary_key: field.primaryKey,
    auto_increment: column.autoIncrement,
    default_value: column.autoIncrement ? null : (defaultText(field) ?? column.default),
    note: meta?.note ?? column.comment ?? null,
    signed: !column.unsigned,
    ...stored(meta, field.type, alone && meta ? meta.required : !column.nullable || field.primaryKey),
    length: wireLength(column),
    ...referenceColumn(collection.name, field.name),
  };
}

/** A field without a column. */
function aliasObject(collection: Collection, meta: FieldMeta): Record<string, unknown> {
  return {
    collection: collection.name,
    field: meta.field,
    datatype: null,
    unique: false,
    primary_key: false,
    auto_increment: false,
    default_value: null,
    note: meta.note,
    signed: false,
    ...stored(meta, meta.type.toLowerCase(), meta.required),
    length: null,
  };
}

/** What of a collection stays unnamed. */
export type Hidden = (one: Field | Relation) => boolean;

/** The alias rows of a collection: to-many relations and those that only arrange the form. */
function aliasMetas(collection: Collection, hidden: Hidden): FieldMeta[] {
  const metas = [...collection.aliases.values()];
  for (const relation of collection.relations.values()) {
    if (relation.kind === 'o2m' && relation.meta && !hidden(relation)) metas.push(relation.meta);
  }
  return metas.sort((a, b) => a.id - b.id);
}

/** All fields in column order, then the aliases, without those that `hidden` names. */
export function fieldObjects(collection: Collection, hidden: Hidden): Record<string, unknown>[] {
  const columns = [...collection.fields.values()].filter((field) => !hidden(field));
  return [
    ...columns.map((field) => fieldObject(collection, field, false)),
    ...aliasMetas(collection, hidden).map((meta) => aliasObject(collection, meta)),
  ];
}

/** One field by name, column or alias. */
export function oneFieldObject(collection: Collection, name: string, hidden: Hidden): Record<string, unknown> | undefined {
  const field = collection.fields.get(name);
  if (field) return hidden(field) ? undefined : fieldObject(collection, field, true);
  const meta = aliasMetas(collection, hidden).find((one) => one.field === name);
  return meta && aliasObject(collection, meta);
}

/** `asked`: the attributes of its row that are told; those that nothing else knows are null without. */
export function collectionObject(collection: Collection, hidden: Hidden, asked?: ReadonlySet<string>): Record<string, unknown> {
  const { meta } = collection;
  const told = (name: string): boolean => !asked || asked.has('*') || asked.has(name);
  return {
    collection: collection.name,
    note: meta?.note ?? null,
    hidden: meta?.hidden ?? false,
    single: meta?.single ?? false,
    managed: meta?.managed ?? false,
    fields: Object.fromEntries(fieldObjects(collection, hidden).map((field) => [String(field['field']), field])),
    icon: (told('icon') && meta?.icon) || null,
    translation: told('translation') ? (meta?.translation ?? null) : null,
  };
}
