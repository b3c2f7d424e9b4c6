/** Introspection and metadata rows become the schema that the engine sees. Nothing found in a database ever throws here. */
import type { Introspection } from '../dialect/types.ts';
import { byText, type Draft, draftCollections, type Report } from './drafts.ts';
import { fieldTypes, isFieldType } from './field-types.ts';
import { relate } from './relations.ts';
import { parseStatusMapping } from './status.ts';
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

/** Rows of directus_fields without a column that did not become a relation. In directus_settings rows name settings, not fields. */
function aliasesOf(draft: Draft, report: Report): Map<string, FieldMeta> {
  const aliases = new Map<string, FieldMeta>();
  if (draft.system && draft.name === 'directus_settings') return aliases;
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
    system: draft.system,
    key: draft.key,
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

/**
 * Builds the schema of one version. Collections come in the order of their names, whatever the order of the catalogue; tables of
 * the default schema by their name, others as `schema.table`. Never throws: what is not served in full is a remark.
 */
export function buildSchema(introspection: Introspection, metadata: Metadata, version: number): Schema {
  const remarks: Remark[] = [];
  const report: Report = (remark) => {
    remarks.push(remark);
  };
  const drafts = draftCollections(introspection, metadata, report);
  relate(drafts, metadata.relations, introspection.defaultSchema, report);
  const collections = new Map<string, Collection>();
  for (const [name, draft] of drafts) collections.set(name, collectionOf(draft, metadata.statusMapping, report));
  remarks.sort((a, b) => byText(a.collection, b.collection));
  return Object.freeze({ version, collections, remarks });
}
