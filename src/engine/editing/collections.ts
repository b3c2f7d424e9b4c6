/** Creating and changing collections, and managing tables that are there (directus8-system §7.4 to §7.6). */
import type { ColumnSpec } from '../../dialect/ddl.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json } from '../../lib/json-body.ts';
import { collectionOf } from '../../query/bind.ts';
import type { Collection } from '../../schema/types.ts';
import { type Attributes, checkName, checkType, demandTexts, isAliasType, refuseUnknownAttributes } from './attributes.ts';
import { newColumn } from './columns.ts';
import { addField, changeField, type FieldWork, fieldRow, metaOf, noWork, tableChanges, writeRows } from './fields.ts';
import { type JsonValues, metadataWriter, storedRow, systemCollection } from './metadata-rows.ts';
import { type EditContext, runEdit } from './run-edit.ts';

const storedAttributes = ['managed', 'hidden', 'single', 'icon', 'note', 'translation'] as const;
const known = new Set<string>(['collection', 'fields', ...storedAttributes]);

/** Types of which a collection has one field at most. */
const onceTypes = new Set(['owner', 'user_updated', 'status', 'sort', 'lang', 'datetime_created', 'datetime_updated']);

function refuseUnknown(body: Attributes): void {
  const unknown = Object.keys(body).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new GatewayError('unprocessable', { message: `A collection has no attribute ${unknown.map((name) => `"${name}"`).join(', ')}` });
}

/** The fields of a body; undefined where there are none. Throws `validation`. */
function fieldsOf({ fields }: Attributes): Attributes[] | undefined {
  if (fields === undefined || fields === null) return undefined;
  if (!isJsonList(fields)) throw new GatewayError('validation', { message: 'fields: This value should be of type array.' });
  return fields.map((field: Json) => {
    if (!isJsonList(field) && isJsonObject(field)) return field;
    throw new GatewayError('validation', { message: 'fields: each of them is an object' });
  });
}

function collectionRow(context: EditContext, body: Attributes): JsonValues {
  const said = storedAttributes.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]] as const]));
  const row = Object.fromEntries(said);
  storedRow(systemCollection(context.schema, 'directus_collections'), row);
  return row;
}

function refuseRepeats(fields: readonly Attributes[]): void {
  const names = new Set<string>();
  const once = new Set<string>();
  for (const { field, type } of fields) {
    const [name, kind] = [String(field).toLowerCase(), String(type).toLowerCase()];
    if (names.has(name)) throw new GatewayError('unprocessable', { message: `The field "${String(field)}" stands in the request twice` });
    names.add(name);
    if (onceTypes.has(kind) && once.has(kind)) {
      throw new GatewayError('validation', { message: `Only one field of the type "${kind}" is allowed in a collection` });
    }
    once.add(kind);
  }
}

function refuseKeys(columns: readonly ColumnSpec[]): void {
  const keys = columns.filter(({ primaryKey }) => primaryKey).length;
  if (keys === 0) throw new GatewayError('unprocessable', { message: 'Collection does not have a primary key field.' });
  if (keys > 1) throw new GatewayError('unprocessable', { message: 'Collection can have only one primary key field.' });
}

/** A collection of that name, however it is spelled: not every database tells upper case from lower. */
function namesake({ schema }: EditContext, name: string): Collection | undefined {
  const lower = name.toLowerCase();
  return schema.collections.get(name) ?? [...schema.collections.values()].find((one) => one.name.toLowerCase() === lower);
}

/** A table that is there is managed from now on, and stays as it is: its fields get their rows. */
async function adopt(context: EditContext, collection: Collection, fields: readonly Attributes[], row: JsonValues): Promise<void> {
  const work = noWork();
  for (const attributes of fields) {
    const name = String(attributes['field']);
    if (metaOf(collection, name)) changeRow(context, collection, name, attributes, work);
    else addField(context, collection, attributes, work);
  }
  const [missing] = work.add;
  if (missing) {
    const message = `The table "${collection.name}" is there and has no column "${missing.name}"; add the field when it is managed`;
    throw new GatewayError('unprocessable', { message });
  }
  await write(context, collection, work, { managed: true, ...row }, `collection ${collection.name} managed`);
}

function changeRow(context: EditContext, collection: Collection, name: string, attributes: Attributes, work: FieldWork): void {
  refuseUnknownAttributes(attributes);
  work.changedRows.push([name, fieldRow(context, collection.name, name, attributes, checkType(attributes['type']))]);
}

/** The row of the collection, and what there is to do about its fields. */
async function write(context: EditContext, collection: Collection, work: FieldWork, row: JsonValues, what: string): Promise<void> {
  const { name, meta } = collection;
  await runEdit(context, {
    what,
    checks: work.checks,
    changes: tableChanges(context, collection, work),
    async metadata(transaction) {
      const writer = metadataWriter(transaction, context.schema);
      if (meta) await writer.update('directus_collections', { collection: name }, row);
      else await writer.insert('directus_collections', { collection: name, ...row });
      await writeRows(context, transaction, writer, name, work);
    },
    made: () => name,
  });
}

/** Makes a table with its metadata; gives back its name. */
export async function createCollection(context: EditContext, body: Attributes): Promise<string> {
  const name = checkName('collection', body['collection'], context.vendor.ddl);
  refuseUnknown(body);
  const fields = fieldsOf(body);
  if (!fields || fields.length === 0) throw new GatewayError('validation', { message: 'fields: This value should not be blank.' });
  const row = collectionRow(context, body);
  const existing = namesake(context, name);
  if (existing && (existing.name !== name || existing.meta?.managed || existing.kind === 'view')) {
    throw new GatewayError('collection_exists', { collection: existing.name });
  }
  for (const attributes of fields) demandTexts(attributes, ['field', 'type']);
  refuseRepeats(fields);
  if (existing) {
    await adopt(context, existing, fields, row);
    return name;
  }
  const columns: ColumnSpec[] = [];
  const rows = fields.map((attributes): JsonValues => {
    refuseUnknownAttributes(attributes);
    const field = checkName('field', attributes['field'], context.vendor.ddl);
    const type = checkType(attributes['type']);
    if (!isAliasType(type)) columns.push(newColumn(context, field, type, attributes));
    return { sort: 0, ...fieldRow(context, name, field, attributes, type) };
  });
  refuseKeys(columns);
  const table = { schema: context.introspection.defaultSchema, name };
  await runEdit(context, {
    what: `collection ${name} created`,
    checks: [],
    changes: [{ is: 'create', table, columns }],
    async metadata(transaction) {
      const writer = metadataWriter(transaction, context.schema);
      // What a table of that name left behind.
      await writer.remove('directus_fields', { collection: name });
      await writer.remove('directus_collections', { collection: name });
      await writer.insert('directus_collections', { collection: name, managed: true, ...row });
      await writeRows(context, transaction, writer, name, { rows, changedRows: [] });
    },
    made: () => name,
  });
  return name;
}

/** Changes what is said of a collection, and of its fields. `managed` alone has a table managed or not, and changes nothing of it. */
export async function updateCollection(context: EditContext, name: string, body: Attributes): Promise<void> {
  if (name.toLowerCase().startsWith('directus_')) {
    throw new GatewayError('validation', { message: 'Collection name cannot begin with "directus_"' });
  }
  refuseUnknown(body);
  const fields = fieldsOf(body) ?? [];
  const row = collectionRow(context, body);
  const managing = body['managed'] === true || body['managed'] === 1 || body['managed'] === '1';
  const found = context.schema.collections.get(name);
  if (!found?.meta?.managed && !managing) throw new GatewayError('not_managed', { collection: name });
  const collection = collectionOf(context.schema, name);
  for (const attributes of fields) demandTexts(attributes, ['field']);
  refuseRepeats(fields.map((attributes) => ({ ...attributes, type: null })));
  if (!collection.meta?.managed && fields.length > 0) return adopt(context, collection, fields, row);
  const work = noWork();
  for (const attributes of fields) {
    const field = String(attributes['field']);
    if (collection.fields.has(field) || metaOf(collection, field)) changeField(context, collection, field, attributes, work);
    else addField(context, collection, attributes, work);
  }
  await write(context, collection, work, row, `collection ${name} changed`);
}
