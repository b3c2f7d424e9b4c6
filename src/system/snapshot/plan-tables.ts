/** What a snapshot asks of tables, and of what is said of them: the changes, and a line for each. */
import type { ColumnSpec, TableChange } from '../../dialect/ddl.ts';
import { checkName, checkType, isAliasType } from '../../engine/editing/attributes.ts';
import { addedColumn, changedColumn, newColumn } from '../../engine/editing/columns.ts';
import { type FieldWork, noWork, tableChanges } from '../../engine/editing/fields.ts';
import { storedRow, systemCollection } from '../../engine/editing/metadata-rows.ts';
import type { Check, EditContext } from '../../engine/editing/run-edit.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type Json, jsonTextOf } from '../../lib/json-body.ts';
import type { Collection } from '../../schema/types.ts';
import { attributesOf, describeColumn, differingAttributes, typeWords } from './describe-column.ts';
import type { Line } from './lines.ts';
import type { State } from './open.ts';
import { fault } from './shape.ts';
import { fieldValues } from './take.ts';
import { type CollectionEntry, collectionAttributes, type FieldEntry, type Snapshot, type Values } from './types.ts';

/** A row of directus_collections or directus_fields to be written. */
export interface MetaStep {
  readonly table: 'directus_collections' | 'directus_fields';
  /** What names the row; a row that is there is changed, else one is made. */
  readonly where: Values;
  readonly there: boolean;
  readonly values: Values;
  /** The field whose group this one is to be in; null for none. */
  readonly group?: string | null;
}

export interface TablePlan {
  readonly lines: Line[];
  readonly changes: TableChange[];
  readonly checks: Check[];
  readonly steps: MetaStep[];
}

function named<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError(error.kind, { ...error.details, at: place }, error);
  }
}

/** Tables to be made, those that others point to first. What points in a circle is told in `lines`, and gets no foreign key. */
function inOrder(entries: readonly CollectionEntry[]): CollectionEntry[] {
  const left = new Map(entries.map((entry) => [entry.collection, entry]));
  const made: CollectionEntry[] = [];
  const visit = (entry: CollectionEntry): void => {
    if (!left.delete(entry.collection)) return;
    for (const { column } of entry.fields) {
      const target = column?.foreign_key === undefined ? undefined : left.get(column.foreign_key);
      if (target) visit(target);
    }
    made.push(entry);
  };
  for (const entry of entries) visit(entry);
  return made;
}

/** Plans tables and fields. Throws GatewayError for what no table can be. */
export function planTables(context: EditContext, state: State, snapshot: Snapshot): TablePlan {
  const plan: TablePlan = { lines: [], changes: [], checks: [], steps: [] };
  const { schema } = state;
  const missing = snapshot.collections.filter(({ collection }) => !schema.collections.has(collection));
  const made = new Map<string, readonly ColumnSpec[]>();
  for (const entry of inOrder(missing)) createTable(context, entry, made, plan);
  for (const entry of snapshot.collections) {
    const collection = schema.collections.get(entry.collection);
    if (collection) changeTable(context, state, collection, entry, made, plan);
    else planRows(context, state, undefined, entry, plan);
  }
  return plan;
}

/** The key of a table that a foreign key may point to. */
function target(
  context: EditContext,
  made: ReadonlyMap<string, readonly ColumnSpec[]>,
  name: string,
): { column: string; type: string } | undefined {
  const specs = made.get(name)?.filter(({ primaryKey }) => primaryKey);
  if (specs) return specs.length === 1 && specs[0] ? { column: specs[0].name, type: specs[0].type } : undefined;
  const key = context.schema.collections.get(name)?.key;
  return key?.length === 1 && key[0] ? { column: key[0].column.name, type: key[0].column.nativeType } : undefined;
}

interface Pointing {
  readonly place: string;
  readonly entry: FieldEntry;
  readonly made: ReadonlyMap<string, readonly ColumnSpec[]>;
  readonly lines: Line[];
}

function withReference(context: EditContext, spec: ColumnSpec, { place, entry, made, lines }: Pointing): ColumnSpec {
  const to = entry.column?.foreign_key;
  if (to === undefined) return spec;
  const found = target(context, made, to);
  if (!found) {
    lines.push({ sign: '=', text: `${place} gets no foreign key: ${to} is not there before it` });
    return spec;
  }
  const table = context.schema.collections.get(to)?.table ?? { schema: context.introspection.defaultSchema, name: to };
  return {
    ...spec,
    type: found.type,
    references: { schema: table.schema, table: table.name, column: found.column, onDelete: 'no action' },
  };
}

/** The type of a field. Throws for one that nobody knows, or that goes with its column in no way. */
function typeOf({ collection }: CollectionEntry, { field, type, column }: FieldEntry): string {
  const place = `${collection}.${field}`;
  const known = named(place, () => checkType(type));
  if (column && isAliasType(known)) fault(place, `Fields of the type "${known}" have no column.`);
  if (!column && !isAliasType(known) && collection !== 'directus_settings') fault(place, `Fields of the type "${known}" need a column.`);
  return known;
}

function createTable(context: EditContext, entry: CollectionEntry, made: Map<string, readonly ColumnSpec[]>, plan: TablePlan): void {
  const { collection: name, fields } = entry;
  const { ddl } = context.vendor;
  if (entry.view) fault(name, 'This is a view, which only the database itself can have.');
  named(name, () => checkName('collection', name, ddl));
  const namesake = [...context.schema.collections.keys()].find((one) => one.toLowerCase() === name.toLowerCase());
  if (namesake !== undefined) fault(name, `The database has "${namesake}", and not every database tells the two apart.`);
  const columns: ColumnSpec[] = [];
  made.set(name, columns);
  for (const one of fields) {
    const type = typeOf(entry, one);
    const place = `${name}.${one.field}`;
    const { column } = one;
    if (!column) continue;
    const note = one.row?.['note'] ?? null;
    const spec = named(place, () => {
      checkName('field', one.field, ddl);
      return newColumn(context, one.field, type, { ...attributesOf(column), note });
    });
    columns.push(withReference(context, spec, { place, entry: one, made, lines: plan.lines }));
  }
  const keys = columns.filter(({ primaryKey }) => primaryKey).length;
  if (keys !== 1) fault(name, 'A table that is to be made has one primary key of one column.');
  plan.changes.push({ is: 'create', table: { schema: context.introspection.defaultSchema, name }, columns });
  plan.lines.push({ sign: '+', text: `collection ${name}: ${columns.map(({ name: column }) => column).join(', ')}` });
}

function changeTable(
  context: EditContext,
  state: State,
  collection: Collection,
  entry: CollectionEntry,
  made: ReadonlyMap<string, readonly ColumnSpec[]>,
  plan: TablePlan,
): void {
  const work = noWork();
  const table = state.introspection.tables.find(({ name, schema }) => name === collection.table.name && schema === collection.table.schema);
  for (const one of entry.fields) {
    const type = typeOf(entry, one);
    const place = `${entry.collection}.${one.field}`;
    const field = collection.fields.get(one.field);
    const { column } = one;
    if (!column) {
      if (field) fault(place, 'The database has a column of that name, and the file a field without one.');
      continue;
    }
    if (!field) {
      addColumn(context, collection, { place, entry: one, made, lines: plan.lines }, type, work);
      continue;
    }
    if (collection.kind === 'view') continue;
    const is = describeColumn(collection, field, table, state.schema);
    const attributes = differingAttributes(column, is);
    const { change, checks } = named(place, () => changedColumn(context, collection, field, type, attributes));
    if (column.foreign_key !== undefined && is.foreign_key === undefined) {
      plan.lines.push({ sign: '=', text: `${place} stays without a foreign key to ${column.foreign_key}` });
    }
    work.checks.push(...checks);
    if (!change) continue;
    work.change.push(change);
    const { name: _, force: __, ...parts } = change;
    const said = Object.keys(parts).map((part) => (part === 'type' ? `${typeWords(is)} -> ${typeWords(column)}` : part));
    plan.lines.push({ sign: '~', text: `column ${place}: ${said.join(', ')}` });
  }
  plan.checks.push(...work.checks);
  plan.changes.push(...tableChanges(context, collection, work));
  planRows(context, state, collection, entry, plan);
  const inFile = new Set(entry.fields.map(({ field }) => field));
  if (collection.system) return;
  const kept = [...collection.fields.keys()].filter((name) => !inFile.has(name));
  if (kept.length > 0)
    plan.lines.push({ sign: '=', text: `columns of ${collection.name} that the file does not name stay: ${kept.join(', ')}` });
}

function addColumn(context: EditContext, collection: Collection, pointing: Pointing, type: string, work: FieldWork): void {
  const { place, entry, lines } = pointing;
  if (collection.kind === 'view') fault(place, 'A view gets no columns.');
  const note = entry.row?.['note'] ?? null;
  const { spec, checks } = named(place, () => {
    checkName('field', entry.field, context.vendor.ddl);
    return addedColumn(context, collection, entry.field, type, { ...attributesOf(entry.column ?? { datatype: '' }), note });
  });
  work.add.push(withReference(context, spec, pointing));
  work.checks.push(...checks);
  lines.push({ sign: '+', text: `column ${place}: ${typeWords(entry.column ?? { datatype: '' })}` });
}

/** Attributes that are said and are not so. */
export function differing(wanted: Values, is: Values): string[] {
  return Object.keys(wanted).filter((name) => jsonTextOf(wanted[name] ?? null) !== jsonTextOf(is[name] ?? null));
}

const pick = (values: Values, names: readonly string[]): Values => Object.fromEntries(names.map((name) => [name, values[name] ?? null]));

/** The rows of a collection and its fields. */
function planRows(context: EditContext, state: State, collection: Collection | undefined, entry: CollectionEntry, plan: TablePlan): void {
  const { collection: name, row, fields } = entry;
  const { schema, metadata } = state;
  if (row && collection?.system) fault(name, 'A table of the system has no row of its own.');
  if (row) {
    const { meta } = collection ?? {};
    const is = meta && Object.fromEntries(collectionAttributes.map((one) => [one, meta[one] as Json]));
    const names = is ? differing(row, is) : Object.keys(row);
    const values = pick(row, names);
    named(name, () => storedRow(systemCollection(schema, 'directus_collections'), values));
    if (!is || names.length > 0)
      plan.steps.push({ table: 'directus_collections', where: { collection: name }, there: is !== undefined, values });
    if (is && names.length > 0) plan.lines.push({ sign: '~', text: `collection ${name}: ${names.join(', ')}` });
    if (!is && collection) plan.lines.push({ sign: '+', text: `what is said of the collection ${name}` });
  }
  for (const one of fields) {
    if (!one.row) continue;
    const place = `${name}.${one.field}`;
    const meta = metadata.fields.find((other) => other.collection === name && other.field === one.field);
    const wanted: Values = { type: one.type.toLowerCase(), ...one.row };
    const is = meta && { type: meta.type.toLowerCase(), ...fieldValues(meta, metadata.fields) };
    const names = is ? differing(wanted, is) : Object.keys(wanted);
    if (is && names.length === 0) continue;
    const { group, ...values } = pick(wanted, names);
    if (typeof group === 'string' && !fields.some(({ field }) => field === group))
      fault(place, `There is no field "${group}" to be its group.`);
    named(place, () => storedRow(systemCollection(context.schema, 'directus_fields'), values));
    plan.steps.push({
      table: 'directus_fields',
      where: { collection: name, field: one.field },
      there: is !== undefined,
      values,
      ...(group === undefined ? {} : { group: typeof group === 'string' ? group : null }),
    });
    if (collection)
      plan.lines.push(is ? { sign: '~', text: `field ${place}: ${names.join(', ')}` } : { sign: '+', text: `field ${place}` });
  }
}
