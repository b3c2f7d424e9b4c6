/** What a field's attributes mean for its column: one to be made, or what is to be another than it is. */
import type { ColumnChange, ColumnSpec, DefaultValue, Reference, WireType } from '../../dialect/ddl.ts';
import { wholeTypes } from '../../dialect/wire-names.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type Json, numberText } from '../../lib/json-body.ts';
import { defaultText } from '../../schema/default-text.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { wireDatatype, wireLength } from '../../schema/wire-types.ts';
import { type AskedForeignKey, type Attributes, defaultOf, foreignKeyOf, truthOf, wireTypeOf } from './attributes.ts';
import { hasEmpty, hasRows, losesByType, rangeOf, repeats } from './losses.ts';
import type { Check, EditContext } from './run-edit.ts';
import { inboundOf, refusePointedTo } from './tables.ts';

function typeText({ vendor }: EditContext, field: string, wire: WireType): string {
  const text = vendor.ddl.typeText(wire);
  if (text !== undefined) return text;
  throw new GatewayError('unprocessable', { message: `This database has no datatype ${wire.datatype}, which "${field}" asks for` });
}

interface References {
  readonly type: string;
  readonly references: Reference;
}

function referenceOf(context: EditContext, field: string, attributes: Attributes): References | undefined {
  const asked = foreignKeyOf(attributes);
  return asked && referenceTo(context, field, asked);
}

/** What a column refers to. A foreign key has the type of the key that it points to. */
export function referenceTo(context: EditContext, field: string, asked: AskedForeignKey): References {
  const target = context.schema.collections.get(asked.collection);
  if (!target) throw new GatewayError('unknown_collection', { collection: asked.collection });
  const [key] = target.key;
  if (target.kind !== 'table' || target.declaredKey || !key || target.key.length > 1) {
    throw new GatewayError('unprocessable', {
      message: `foreign_key: "${asked.collection}" has no key of one column, which "${field}" could hold`,
    });
  }
  const references = { schema: target.table.schema, table: target.table.name, column: key.column.name, onDelete: asked.onDelete };
  return { type: key.column.nativeType, references };
}

/** Whether the column holds the number: one that is too large is taken by SQLite, and by no other database. */
function holds({ connection: { dialect } }: EditContext, wire: WireType, text: string): boolean {
  const wide = dialect.vendor === 'better-sqlite3' && wire.datatype === 'INT' ? { ...wire, datatype: 'BIGINT' } : wire;
  const range = rangeOf(wide, dialect);
  if (range) return BigInt(text) >= range[0] && BigInt(text) <= range[1];
  if (wire.datatype !== 'DECIMAL' || wire.length === undefined) return true;
  const [, whole = '', decimals = ''] = /^-?0*(\d*)(?:\.(\d+))?$/.exec(text) ?? [];
  const scale = wire.scale ?? 0;
  return whole.length <= wire.length - scale && decimals.length <= scale;
}

/** The default of a column, which is to be a value of it. */
function heldDefault(context: EditContext, field: string, wire: WireType, value: Json): DefaultValue | null {
  const given = defaultOf(field, wire, value);
  if (given?.is !== 'number' || holds(context, wire, given.text)) return given;
  throw new GatewayError('validation', { message: `default_value: "${field}" is of a type that does not hold ${given.text}` });
}

/** A column to be made for a new field. */
export function newColumn(context: EditContext, name: string, type: string, attributes: Attributes): ColumnSpec {
  const primaryKey = truthOf(attributes, 'primary_key') ?? false;
  const autoIncrement = truthOf(attributes, 'auto_increment') ?? false;
  const wire = wireTypeOf(name, type, attributes);
  const refused = (message: string): GatewayError => new GatewayError('unprocessable', { message });
  if (autoIncrement && !/INT$/.test(wire.datatype)) throw refused(`Only integers count by themselves: ${name}`);
  if (autoIncrement && !primaryKey) throw refused(`Only a primary key counts by itself: ${name}`);
  const own = { type: typeText(context, name, wire) };
  const { type: column, references } = referenceOf(context, name, attributes) ?? { ...own, references: undefined };
  const required = truthOf(attributes, 'required') ?? truthOf(attributes, 'nullable') === false;
  if (required && references?.onDelete === 'set null') throw refused(`foreign_key: a required field is never set to null: ${name}`);
  const given = autoIncrement ? null : heldDefault(context, name, wire, attributes['default_value'] ?? null);
  const { note } = attributes;
  return {
    name,
    type: column,
    nullable: !required && !primaryKey,
    ...(given ? { default: given } : {}),
    primaryKey,
    autoIncrement,
    unique: !primaryKey && (truthOf(attributes, 'unique') ?? false),
    ...(typeof note === 'string' && note !== '' ? { comment: note } : {}),
    ...(references ? { references } : {}),
  };
}

/** A column to be added to a table that may have rows. */
export function addedColumn(context: EditContext, collection: Collection, name: string, type: string, attributes: Attributes): Added {
  const spec = newColumn(context, name, type, attributes);
  if (spec.primaryKey) {
    throw new GatewayError('unprocessable', { message: `The primary key of "${collection.name}" cannot be changed: ${name}` });
  }
  const { dialect } = context.connection;
  const moment = spec.default?.is === 'now' && context.vendor.name === 'better-sqlite3';
  if (moment) throw new GatewayError('unprocessable', { message: `SQLite adds no column whose default is the time: ${name}` });
  return { spec, checks: spec.nullable || spec.default ? [] : [hasRows(collection, name, dialect)] };
}

export interface Added {
  readonly spec: ColumnSpec;
  readonly checks: readonly Check[];
}

/** The type of a column as it is. */
function wireOf(field: Field): WireType {
  const { column } = field;
  const truth = field.storage === 'boolean' || column.nativeType === 'tinyint(1)';
  const sizes = field.storage === 'decimal' ? { length: column.precision, scale: column.scale } : { length: column.length };
  const { length, scale } = { scale: undefined, ...sizes };
  return {
    datatype: wireDatatype(field),
    ...(length === undefined ? {} : { length }),
    ...(scale === undefined ? {} : { scale }),
    ...(column.values ? { labels: column.values } : {}),
    unsigned: column.unsigned,
    truth,
  };
}

/** The type that is asked for; undefined where it is what it is. */
function changedType(context: EditContext, field: Field, type: string, attributes: Attributes): WireType | undefined {
  const shown = wireDatatype(field);
  const length = wireLength(field.column);
  const { datatype: said = shown, length: asked = length } = attributes;
  const signed = truthOf(attributes, 'signed');
  const sameSign = context.vendor.name !== 'mysql2' || signed === undefined || signed === !field.column.unsigned;
  const sameLength = asked === null || asked === '' || asked === length || numberText(asked) === length;
  if (typeof said === 'string' && said.toUpperCase() === shown && sameLength && sameSign) return undefined;
  const wire = wireTypeOf(field.name, type, { ...attributes, datatype: said, length: asked, signed: signed ?? !field.column.unsigned });
  return context.vendor.ddl.sameType(typeText(context, field.name, wire), field.column.nativeType) ? undefined : wire;
}

function changedDefault(context: EditContext, field: Field, wire: WireType, attributes: Attributes): DefaultValue | null | undefined {
  const value = attributes['default_value'];
  const { column } = field;
  if (value === undefined || column.autoIncrement || value === column.default) return undefined;
  const wanted = heldDefault(context, field.name, wire, value);
  if (!wanted) return column.default === null ? undefined : null;
  if (wanted.is === 'now') return /^(?:current_timestamp|now)/i.test(column.default ?? '') ? undefined : wanted;
  return defaultText(field) === wanted.text ? undefined : wanted;
}

export interface Changed {
  /** Undefined where the column stays as it is. */
  readonly change?: ColumnChange;
  readonly checks: readonly Check[];
}

/** What is to be changed of the column of a field. */
export function changedColumn(context: EditContext, collection: Collection, field: Field, type: string, attributes: Attributes): Changed {
  const { dialect } = context.connection;
  const { column } = field;
  const checks: Check[] = [];
  for (const [name, is] of [
    ['primary_key', field.primaryKey],
    ['auto_increment', column.autoIncrement],
  ] as const) {
    const wanted = truthOf(attributes, name);
    if (wanted === undefined || wanted === is) continue;
    throw new GatewayError('unprocessable', { message: `${name}: the primary key of "${collection.name}" cannot be changed` });
  }
  const wire = changedType(context, field, type, attributes);
  if (wire && field.primaryKey) refuseKeyType(context, collection, field, wire);
  if (wire && (!context.force || field.primaryKey)) checks.push(...losesByType(collection, field, wire, dialect));
  const required = truthOf(attributes, 'required') ?? (truthOf(attributes, 'nullable') === false ? true : undefined);
  const nullable = required === undefined || field.primaryKey || required === !column.nullable ? undefined : !required;
  if (nullable === false) checks.push(hasEmpty(collection, field, dialect));
  const wanted = truthOf(attributes, 'unique');
  const unique = wanted === undefined || field.primaryKey || wanted === field.unique ? undefined : wanted;
  if (unique) checks.push(repeats(collection, field, dialect));
  if (unique === false) refusePointedTo(context, collection, field);
  const given = changedDefault(context, field, wire ?? wireOf(field), attributes);
  const { note } = attributes;
  const kept = note === undefined || collection.system || context.vendor.name === 'better-sqlite3' || (note || null) === column.comment;
  const parts = {
    ...(wire ? { type: typeText(context, field.name, wire) } : {}),
    ...(nullable === undefined ? {} : { nullable }),
    ...(given === undefined ? {} : { default: given }),
    ...(unique === undefined ? {} : { unique }),
    ...(kept ? {} : { comment: typeof note === 'string' && note !== '' ? note : null }),
  };
  if (Object.keys(parts).length === 0) return { checks: [] };
  refuseFixed(collection, field);
  return { change: { name: column.name, force: context.force, ...parts }, checks };
}

/** A key gets another type only where nothing outside of its table holds its values, and no value becomes another one. */
function refuseKeyType(context: EditContext, collection: Collection, field: Field, wire: WireType): void {
  const refused = (message: string): GatewayError => new GatewayError('schema_refused', { message });
  if (collection.key.length > 1) throw refused(`"${field.name}" is a part of the primary key of "${collection.name}"; its type stays`);
  const pointing = inboundOf(context, collection).map(({ table }) => `"${table.name}"`);
  if (pointing.length > 0) {
    throw refused(`Foreign keys of ${[...new Set(pointing)].join(', ')} point to "${field.name}"; give these up first`);
  }
  if (!field.column.autoIncrement) return;
  if (!wholeTypes.has(wire.datatype)) throw refused(`"${field.name}" counts by itself, which only integers do`);
  if (context.vendor.name === 'better-sqlite3') throw refused('On SQLite only INT counts by itself; it holds whatever BIGINT would');
}

/** @throws GatewayError for columns that are not for clients to change */
export function refuseFixed(collection: Collection, field: Field): void {
  if (collection.kind === 'view')
    throw new GatewayError('unprocessable', { message: `"${collection.name}" is a view: its columns are its own` });
  if (collection.system && (!field.meta || field.meta.locked)) {
    throw new GatewayError('schema_refused', { message: `"${field.name}" is a field of the system; its column stays as it is` });
  }
  if (field.column.generated) throw new GatewayError('schema_refused', { message: `"${field.name}" is worked out by the database` });
}
