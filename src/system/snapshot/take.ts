/** Takes a snapshot of a project's configuration, in an order that depends on nothing but what it says. */
import { isAliasType } from '../../engine/editing/attributes.ts';
import type { Json } from '../../lib/json-body.ts';
import { isSystemName } from '../../schema/system.ts';
import type { Collection, FieldMeta } from '../../schema/types.ts';
import { systemFields } from '../seed-fields.ts';
import { describeColumn } from './describe-column.ts';
import type { State } from './open.ts';
import { keyTextOf, rowKinds } from './row-kinds.ts';
import { type CollectionEntry, collectionAttributes, type FieldEntry, type RowSection, type Snapshot, type Values } from './types.ts';

const seeded: ReadonlySet<string> = new Set(systemFields.map(({ collection, field }) => `${collection}.${field}`));

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** A row of directus_fields, with the name of its group for the id. */
export function fieldValues(meta: FieldMeta, all: readonly FieldMeta[]): Values {
  const group = meta.group === null ? undefined : all.find(({ id }) => id === meta.group);
  return {
    interface: meta.interface,
    options: meta.options as Json,
    locked: meta.locked,
    validation: meta.validation,
    required: meta.required,
    readonly: meta.readonly,
    hidden_detail: meta.hidden_detail,
    hidden_browse: meta.hidden_browse,
    sort: meta.sort,
    width: meta.width,
    group: group?.field ?? null,
    note: meta.note,
    translation: meta.translation as Json,
  };
}

function fieldsOf(state: State, collection: Collection): FieldEntry[] {
  const { introspection, metadata, schema } = state;
  const metas = metadata.fields.filter((meta) => meta.collection === collection.name && !seeded.has(`${meta.collection}.${meta.field}`));
  const rowOf = (meta: FieldMeta | undefined): Pick<FieldEntry, 'row'> => (meta ? { row: fieldValues(meta, metadata.fields) } : {});
  const table = introspection.tables.find(({ name, schema: of }) => name === collection.table.name && of === collection.table.schema);
  const columns = [...collection.fields.values()].flatMap((field): FieldEntry[] => {
    const meta = metas.find((one) => one.field === field.name);
    // Of the system's own tables only what was added.
    if (collection.system && !meta) return [];
    const type = (meta?.type || field.type).toLowerCase();
    return [{ field: field.name, type, column: describeColumn(collection, field, table, schema), ...rowOf(meta) }];
  });
  // Rows of columns that are gone say nothing; in directus_settings rows name settings.
  const lives = ({ type }: FieldMeta): boolean => collection.name === 'directus_settings' || isAliasType(type.toLowerCase());
  const others = metas.filter((meta) => !collection.fields.has(meta.field) && lives(meta));
  const aliases = others.map((meta): FieldEntry => ({ field: meta.field, type: meta.type.toLowerCase(), ...rowOf(meta) }));
  return [...columns, ...aliases.sort((a, b) => byText(a.field, b.field))];
}

function collectionsOf(state: State): CollectionEntry[] {
  const spoken = new Set<Json>(state.metadata.fields.map(({ collection }) => collection));
  for (const { section, speaksOf } of rowKinds) {
    for (const { values } of state.rows[section]) for (const [collection] of speaksOf?.(values) ?? []) spoken.add(collection);
  }
  const entries = [...state.schema.collections.values()].flatMap((collection): CollectionEntry[] => {
    const { name, meta, kind } = collection;
    // Tables that nobody manages, and that nothing is said of, are no part of the configuration.
    if (!collection.system && !meta && !spoken.has(name)) return [];
    const fields = fieldsOf(state, collection);
    if (collection.system && fields.length === 0) return [];
    const row = meta && !isSystemName(name) ? Object.fromEntries(collectionAttributes.map((one) => [one, meta[one] as Json])) : undefined;
    return [{ collection: name, ...(kind === 'view' ? { view: true } : {}), ...(row ? { row } : {}), fields }];
  });
  return entries.sort((a, b) => byText(a.collection, b.collection));
}

/** The snapshot of what was read. */
export function takeSnapshot(state: State): Snapshot {
  const sections = rowKinds.map((kind): [RowSection, readonly Values[]] => {
    const keyed = state.rows[kind.section].map(({ values }) => ({ key: keyTextOf(kind, values), values }));
    return [kind.section, keyed.sort((a, b) => byText(a.key, b.key)).map(({ values }) => values)];
  });
  const { roles, ...others } = Object.fromEntries(sections) as Record<RowSection, readonly Values[]>;
  return { format: 1, roles, collections: collectionsOf(state), ...others };
}
