/** Creating, changing and deleting fields (directus8-system §8.4 to §8.6). */

import type { ColumnChange, ColumnSpec, TableChange } from '../../dialect/ddl.ts';
import type { Transaction } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { collectionOf } from '../../query/bind.ts';
import { fieldAttributes } from '../../schema/field-attributes.ts';
import type { Collection, FieldMeta } from '../../schema/types.ts';
import { writeJournal } from '../journal.ts';
import { type Attributes, checkName, checkType, demandTexts, isAliasType, refuseUnknownAttributes } from './attributes.ts';
import { addedColumn, changedColumn, refuseFixed } from './columns.ts';
import { losesValues } from './losses.ts';
import { type JsonValues, type MetadataWriter, metadataWriter, storedRow, systemCollection } from './metadata-rows.ts';
import { type Check, type EditContext, runEdit } from './run-edit.ts';
import { refusePointedTo, tableOf } from './tables.ts';

/** What a change of some fields of one collection comes to. */
export interface FieldWork {
  readonly add: ColumnSpec[];
  readonly change: ColumnChange[];
  readonly drop: string[];
  readonly checks: Check[];
  /** New rows of directus_fields. */
  readonly rows: JsonValues[];
  /** Rows of directus_fields that change, by the name of the field. */
  readonly changedRows: (readonly [field: string, values: JsonValues])[];
}

/** Nothing to do yet: what changes of fields are added to. */
export const noWork = (): FieldWork => ({ add: [], change: [], drop: [], checks: [], rows: [], changedRows: [] });

/** The tables that describe all others are nobody's to change. */
const fixed = new Set([
  'directus_collections',
  'directus_fields',
  'directus_relations',
  'directus_permissions',
  'directus_collection_presets',
  'directus_activity',
  'directus_revisions',
  'directus_migrations',
  'directus_user_sessions',
]);

/** The row of directus_fields as the attributes have it. Throws for values that its columns do not take. */
export function fieldRow(context: EditContext, collection: string, field: string, attributes: Attributes, type?: string): JsonValues {
  const said = fieldAttributes.flatMap((name) => {
    const value = attributes[name];
    return value === undefined || name === 'type' ? [] : [[name, value] as const];
  });
  const row = { collection, field, ...(type === undefined ? {} : { type }), ...Object.fromEntries(said) };
  storedRow(systemCollection(context.schema, 'directus_fields'), row);
  return row;
}

/** A row of directus_fields of that name, with a column or without. */
export function metaOf(collection: Collection, name: string): FieldMeta | undefined {
  const relation = collection.relations.get(name);
  return collection.fields.get(name)?.meta ?? collection.aliases.get(name) ?? (relation?.kind === 'o2m' ? relation.meta : undefined);
}

/** A field to be added. One whose column is there already gets its row: the column stays as it is. */
export function addField(context: EditContext, collection: Collection, attributes: Attributes, work: FieldWork): string {
  refuseUnknownAttributes(attributes);
  demandTexts(attributes, ['field', 'type']);
  const name = checkName('field', attributes['field'], context.vendor.ddl);
  const type = checkType(attributes['type']);
  if (metaOf(collection, name)) throw new GatewayError('field_exists', { field: name });
  const column = [...collection.fields.keys()].find((one) => one.toLowerCase() === name.toLowerCase());
  if (column !== undefined && column !== name) throw new GatewayError('field_exists', { field: column });
  if (!isAliasType(type) && column === undefined) {
    if (collection.kind === 'view')
      throw new GatewayError('unprocessable', { message: `"${collection.name}" is a view: it gets no columns` });
    const { spec, checks } = addedColumn(context, collection, name, type, attributes);
    work.add.push(spec);
    work.checks.push(...checks);
  } else if (column !== undefined && isAliasType(type)) {
    throw new GatewayError('unprocessable', { message: `"${name}" is a column; the type "${type}" is for fields without one` });
  }
  work.rows.push({ sort: 0, ...fieldRow(context, collection.name, name, attributes, type) });
  return name;
}

/** A field to be changed. */
export function changeField(context: EditContext, collection: Collection, name: string, attributes: Attributes, work: FieldWork): void {
  refuseUnknownAttributes(attributes);
  const { field: named } = attributes;
  if (named !== undefined && named !== null && named !== name) {
    throw new GatewayError('unprocessable', { message: `"${name}" keeps its name; make another field and move the values` });
  }
  const field = collection.fields.get(name);
  const meta = metaOf(collection, name);
  if (!field && !meta) throw new GatewayError('field_not_found', { field: name });
  const before = field?.type ?? meta?.type.toLowerCase() ?? '';
  const type = attributes['type'] === undefined || attributes['type'] === null ? before : checkType(attributes['type']);
  if (field && isAliasType(type)) {
    if (field.primaryKey) throw new GatewayError('unprocessable', { message: `"${name}" is the primary key` });
    refuseFixed(collection, field);
    refusePointedTo(context, collection, field);
    refuseLast(collection);
    if (!context.force) work.checks.push(losesValues(collection, field, context.connection.dialect));
    work.drop.push(name);
  } else if (field) {
    const { change, checks } = changedColumn(context, collection, field, type, attributes);
    if (change) work.change.push(change);
    work.checks.push(...checks);
  } else if (!isAliasType(type)) {
    const { spec, checks } = addedColumn(context, collection, name, type, attributes);
    work.add.push(spec);
    work.checks.push(...checks);
  }
  const row = fieldRow(context, collection.name, name, attributes, attributes['type'] === undefined && meta ? undefined : type);
  if (meta) work.changedRows.push([name, row]);
  else work.rows.push({ sort: 0, ...row });
}

/** Throws where the only column of a table would be deleted. */
export function refuseLast(collection: Collection): void {
  if (collection.fields.size <= 1)
    throw new GatewayError('unprocessable', { message: 'The last column of a table cannot go; delete the collection' });
}

/** The changes of the table that the work comes to. */
export function tableChanges(context: EditContext, collection: Collection, { add, change, drop }: FieldWork): TableChange[] {
  if (add.length + change.length + drop.length === 0) return [];
  if (fixed.has(collection.name)) {
    throw new GatewayError('system_collection');
  }
  return [{ is: 'alter', table: tableOf(context, collection), add, change, drop }];
}

/** Writes the rows, and the activity of the new ones. */
export async function writeRows(
  context: EditContext,
  transaction: Transaction,
  writer: MetadataWriter,
  collection: string,
  work: Pick<FieldWork, 'rows' | 'changedRows'>,
): Promise<void> {
  const ids: string[] = [];
  for (const row of work.rows) ids.push(await writer.insert('directus_fields', row));
  for (const [field, values] of work.changedRows) await writer.update('directus_fields', { collection, field }, values);
  if (context.unrecorded) return;
  const entries = ids.map((item) => ({ action: 'create' as const, collection: 'directus_fields', item }));
  const state = { connection: transaction, schema: context.schema, now: new Date() };
  await writeJournal(state, entries, { actor: context.actor, userAgent: context.userAgent });
}

/** Runs the work. */
async function runFieldWork(context: EditContext, collection: Collection, what: string, work: FieldWork, made = ''): Promise<void> {
  await runEdit(context, {
    what,
    checks: work.checks,
    changes: tableChanges(context, collection, work),
    metadata: (transaction) => writeRows(context, transaction, metadataWriter(transaction, context.schema), collection.name, work),
    made: () => made,
  });
}

/** Adds a field; gives back its name. */
export async function createField(context: EditContext, name: string, attributes: Attributes): Promise<string> {
  const collection = collectionOf(context.schema, name);
  const work = noWork();
  const field = addField(context, collection, attributes, work);
  await runFieldWork(context, collection, `field ${name}.${field} created`, work, field);
  return field;
}

/** Changes fields of one collection, all of them or none. */
export async function updateFields(
  context: EditContext,
  name: string,
  changes: readonly (readonly [field: string, attributes: Attributes])[],
): Promise<void> {
  const collection = collectionOf(context.schema, name);
  const work = noWork();
  const seen = new Set<string>();
  for (const [field, attributes] of changes) {
    if (seen.has(field)) throw new GatewayError('unprocessable', { message: `The field "${field}" stands in the request twice` });
    seen.add(field);
    changeField(context, collection, field, attributes, work);
  }
  await runFieldWork(context, collection, `fields of ${name} changed: ${[...seen].join(', ')}`, work);
}
