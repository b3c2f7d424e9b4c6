/** Introspection and metadata rows become the schema that the engine sees. Nothing found in a database ever throws here. */
import type { Introspection } from '../dialect/types.ts';
import { atOnce, type Sliced } from '../lib/slices.ts';
import { affecting } from './affected.ts';
import { byText, type Draft, type Drafted, drafting, type Report } from './drafts.ts';
import { fieldTypes, isFieldType } from './field-types.ts';
import { findingParents } from './foreign-keys.ts';
import { type Affected, relating } from './relations.ts';
import { parseStatusMapping } from './status.ts';
import { bindTextIndexes } from './text-indexes.ts';
import type { Collection, Field, FieldMeta, FieldType, Metadata, Remark, Schema } from './types.ts';

/** Only the first field of these types counts (directus8-data §6.2). */
function firstOf(draft: Draft, type: FieldType): Field | undefined {
  for (const field of draft.fields.values()) if (field.type === type) return field;
  return undefined;
}

function statusOf(draft: Draft, fallback: unknown, report: Report): Collection['status'] {
  const field = firstOf(draft, 'status');
  if (!field) return undefined;
  const own = field.meta?.options?.['status_mapping'];
  const parsed = parseStatusMapping({ status_mapping: own === undefined || own === null || own === '' ? fallback : own }, field.storage);
  if ('mapping' in parsed) return Object.freeze({ field, mapping: parsed.mapping });
  report({ collection: draft.name, field: field.name, reason: parsed.reason });
  return undefined;
}

/** Rows of directus_fields without a column that did not become a relation. */
function aliasesOf(draft: Draft, report: Report): Map<string, FieldMeta> {
  const aliases = new Map<string, FieldMeta>();
  for (const [name, row] of draft.rows) {
    const type = row.type.toLowerCase();
    if (!isFieldType(type) || !fieldTypes[type].alias || draft.fields.has(name) || draft.relations.has(name)) continue;
    aliases.set(name, row);
    if (type === 'o2m' || type === 'translation') {
      report({
        collection: draft.name,
        field: name,
        reason: `no usable row of directus_relations tells what this ${type} field lists; it is left out`,
      });
    }
  }
  return aliases;
}

/** Whether the key is metadata's word, and not the table's own. */
function isDeclared({ key, table }: Draft): boolean {
  return key.length > 0 && !key.every((field) => table.primaryKey.includes(field.column.name));
}

/** Those all of whose columns are served. */
function uniqueOf({ table, fields }: Draft): Field[][] {
  return table.unique
    .map((columns) => columns.flatMap((column) => fields.get(column) ?? []))
    .filter((found, i) => found.length === table.unique[i]?.length);
}

function collectionOf(draft: Draft, statusMapping: unknown, report: Report): Collection {
  const status = statusOf(draft, statusMapping, report);
  const sort = firstOf(draft, 'sort');
  const owner = firstOf(draft, 'owner');
  const lang = firstOf(draft, 'lang');
  const { table } = draft;
  for (const relation of draft.relations.values()) Object.freeze(relation);
  return Object.freeze({
    name: draft.name,
    table: Object.freeze({ schema: table.schema, name: table.name }),
    kind: table.kind,
    updatable: table.updatable,
    ...(table.changedAfter ? { changedAfter: true } : {}),
    ...(table.inherited ? { inherited: true } : {}),
    system: draft.system,
    key: draft.key,
    ...(isDeclared(draft) ? { declaredKey: true } : {}),
    unique: uniqueOf(draft),
    fields: draft.fields,
    relations: draft.relations,
    aliases: aliasesOf(draft, report),
    ...(status ? { status } : {}),
    ...(sort ? { sort } : {}),
    ...(owner ? { owner } : {}),
    ...(lang ? { lang } : {}),
    ...(draft.meta ? { meta: draft.meta } : {}),
    rowEstimate: table.rowEstimate,
    comment: table.comment,
  });
}

/** A schema with what it was built of, from which the next one takes over what has not changed. */
export interface Built extends Drafted {
  readonly schema: Schema;
  /** By collection. */
  readonly remarks: ReadonlyMap<string, readonly Remark[]>;
}

/** Whether nothing but tables and rows can be another than before. */
function comparable(before: Built, introspection: Introspection, metadata: Metadata): boolean {
  const said = (one: Metadata): string | undefined => JSON.stringify(one.statusMapping);
  return before.introspection.defaultSchema === introspection.defaultSchema && said(before.metadata) === said(metadata);
}

const everything: Affected = { has: () => true };

/**
 * Builds the schema of one version, with pauses. Collections come in the order of their names, whatever the order of the catalogue;
 * tables of the default schema by their name, others as `schema.table`. Never throws: what is not served in full is a remark.
 *
 * With `before`, collections that are made of the same tables and rows, and all of whose relations are, stay the same objects.
 */
export function* building(introspection: Introspection, metadata: Metadata, version: number, given?: Built): Sliced<Built> {
  const before = given && comparable(given, introspection, metadata) ? given : undefined;
  const { drafts, changed } = yield* drafting(introspection, metadata, before);
  const found = before && (yield* affecting(before, { introspection, metadata, drafts }, changed));
  const affected: Affected = found ?? everything;

  const remarks = new Map<string, Remark[]>();
  for (const [name, list] of before?.remarks ?? []) if (!affected.has(name)) remarks.set(name, [...list]);
  const report: Report = (remark) => {
    if (!affected.has(remark.collection)) return;
    const list = remarks.get(remark.collection);
    if (list) list.push(remark);
    else remarks.set(remark.collection, [remark]);
  };
  for (const draft of [...drafts.values()]) {
    if (!affected.has(draft.name)) continue;
    yield;
    for (const remark of draft.remarks) report(remark);
    if (!changed.has(draft.name)) drafts.set(draft.name, { ...draft, relations: new Map() });
  }
  yield* relating(drafts, metadata.relations, yield* findingParents(drafts, introspection.defaultSchema), affected, report);

  const collections = new Map<string, Collection>();
  for (const [name, draft] of drafts) {
    yield;
    const old = affected.has(name) ? undefined : before?.schema.collections.get(name);
    collections.set(name, old ?? collectionOf(draft, metadata.statusMapping, report));
  }
  const textIndexes = bindTextIndexes(introspection, collections);
  const sorted = [...remarks.values()].flat().sort((a, b) => byText(a.collection, b.collection));
  return { introspection, metadata, drafts, remarks, schema: Object.freeze({ version, collections, remarks: sorted, textIndexes }) };
}

/** The same at once and anew. */
export function buildSchema(introspection: Introspection, metadata: Metadata, version: number): Schema {
  return atOnce(building(introspection, metadata, version)).schema;
}
