/** Whether a file has the shape of a snapshot, and whether what it names is in it or in the database. */
import { permissionLevels } from '../../engine/system-roles.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../lib/json-body.ts';
import { fieldAttributes } from '../../schema/field-attributes.ts';
import { rowKinds } from './row-kinds.ts';
import {
  type CollectionEntry,
  type ColumnEntry,
  collectionAttributes,
  type FieldEntry,
  type RowSection,
  type Snapshot,
  type Values,
} from './types.ts';

/** @throws GatewayError validation, with the place and what is wrong there */
export function fault(place: string, sentence: string): never {
  throw new GatewayError('validation', { message: `${place}: ${sentence}` });
}

function objectAt(place: string, value: Json | undefined, known: readonly string[]): JsonObject {
  if (value === undefined || isJsonList(value) || !isJsonObject(value)) return fault(place, 'This must be an object.');
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  return unknown === undefined ? value : fault(place, `"${unknown}" is not known; known are ${known.join(', ')}.`);
}

function listAt(place: string, value: Json | undefined): readonly Json[] {
  return value !== undefined && isJsonList(value) ? value : fault(place, 'This must be a list.');
}

function textAt(place: string, value: Json | undefined): string {
  return typeof value === 'string' && value !== '' ? value : fault(place, 'This must be a text.');
}

/** Those of the named members that are there; each must be a text. */
function textsAt<Name extends string>(place: string, object: JsonObject, names: readonly Name[]): Partial<Record<Name, string>> {
  const there = names.filter((name) => Object.hasOwn(object, name));
  return Object.fromEntries(there.map((name) => [name, textAt(`${place}.${name}`, object[name])])) as Partial<Record<Name, string>>;
}

/** The same of what is true or false. */
function flagsAt<Name extends string>(place: string, object: JsonObject, names: readonly Name[]): Partial<Record<Name, boolean>> {
  const there = names.filter((name) => Object.hasOwn(object, name));
  const flags = there.map((name) => {
    const value = object[name];
    return [name, typeof value === 'boolean' ? value : fault(`${place}.${name}`, 'This must be true or false.')];
  });
  return Object.fromEntries(flags) as Partial<Record<Name, boolean>>;
}

const flags = ['unsigned', 'nullable', 'primary_key', 'auto_increment', 'unique'] as const;

function columnAt(place: string, value: Json): ColumnEntry {
  const object = objectAt(place, value, ['datatype', 'length', 'default', 'foreign_key', ...flags]);
  const { default: usual } = object;
  return {
    datatype: textAt(`${place}.datatype`, object['datatype']),
    ...textsAt(place, object, ['length', 'foreign_key']),
    ...flagsAt(place, object, flags),
    ...(usual === undefined ? {} : { default: usual }),
  };
}

function fieldAt(place: string, value: Json): FieldEntry {
  const object = objectAt(place, value, ['field', 'type', 'column', 'row']);
  const { column, row } = object;
  const known = fieldAttributes.filter((name) => name !== 'type');
  return {
    field: textAt(`${place}.field`, object['field']),
    type: textAt(`${place}.type`, object['type']),
    ...(column === undefined ? {} : { column: columnAt(`${place}.column`, column) }),
    ...(row === undefined ? {} : { row: objectAt(`${place}.row`, row, known) }),
  };
}

function collectionAt(place: string, value: Json): CollectionEntry {
  const object = objectAt(place, value, ['collection', 'view', 'row', 'fields']);
  const name = textAt(`${place}.collection`, object['collection']);
  const { row } = object;
  const told = row === undefined ? {} : { row: objectAt(`${name}.row`, row, collectionAttributes) };
  const view = flagsAt(name, object, ['view']);
  const fields = listAt(`${name}.fields`, object['fields']).map((one, i) => fieldAt(`${name}.fields[${i}]`, one));
  refuseTwice(
    `${name}.fields`,
    fields.map(({ field }) => field.toLowerCase()),
  );
  return { collection: name, ...view, ...told, fields };
}

function refuseTwice(place: string, keys: readonly string[]): void {
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) fault(place, `"${twice}" stands there twice.`);
}

/**
 * The content of a file as a snapshot.
 *
 * @throws GatewayError validation
 */
export function checkedSnapshot(content: Json): Snapshot {
  const sections: readonly RowSection[] = rowKinds.map(({ section }) => section);
  const object = objectAt('The file', content, ['format', 'collections', ...sections]);
  if (object['format'] !== 1) fault('format', 'This must be 1: other versions are not known.');
  const collections = listAt('collections', object['collections']).map((one, i) => collectionAt(`collections[${i}]`, one));
  refuseTwice(
    'collections',
    collections.map(({ collection }) => collection.toLowerCase()),
  );
  const listed = new Map<RowSection, readonly Values[]>();
  for (const { section, attributes, key } of rowKinds) {
    const rows = listAt(section, object[section]).map((one, i) => {
      const row = objectAt(`${section}[${i}]`, one, attributes);
      const missing = key.find((name) => name !== 'fixed' && !Object.hasOwn(row, name));
      return missing === undefined ? row : fault(`${section}[${i}]`, `"${missing}" is missing.`);
    });
    listed.set(section, rows);
  }
  const rowsOf = (section: RowSection): readonly Values[] => listed.get(section) ?? [];
  const snapshot: Snapshot = {
    format: 1,
    collections,
    roles: rowsOf('roles'),
    relations: rowsOf('relations'),
    permissions: rowsOf('permissions'),
    presets: rowsOf('presets'),
    settings: rowsOf('settings'),
    webhooks: rowsOf('webhooks'),
  };
  checkRoles(snapshot);
  return snapshot;
}

function checkRoles({ roles, permissions, presets }: Snapshot): void {
  const names = roles.map(({ name }, i) => textAt(`roles[${i}].name`, name));
  refuseTwice('roles', names);
  const fixed = roles.map((role) => role['fixed'] ?? null).filter((one) => one !== null);
  if (fixed.some((one) => one !== 'administrators' && one !== 'public')) fault('roles', '"fixed" is "administrators" or "public".');
  refuseTwice('roles', fixed.map(String));
  const known = (place: string, role: Json): void => {
    if (typeof role !== 'string' || !names.includes(role)) fault(place, 'The role is none of those in "roles".');
  };
  permissions.forEach((row, i) => {
    known(`permissions[${i}].role`, row['role'] ?? null);
    textAt(`permissions[${i}].collection`, row['collection']);
    for (const [name, words] of Object.entries(permissionLevels)) {
      const level = row[name];
      if (level !== undefined && level !== null && !words.includes(String(level))) {
        fault(`permissions[${i}].${name}`, `This must be one of ${words.join(', ')}.`);
      }
    }
  });
  presets.forEach(({ role = null }, i) => {
    if (role !== null) known(`presets[${i}].role`, role);
  });
}

/**
 * Whether all collections and fields that rows speak of are there, or will be.
 *
 * @throws GatewayError validation
 */
export function checkNames(snapshot: Snapshot, has: (collection: string, field?: string) => boolean): void {
  const inFile = new Map(snapshot.collections.map(({ collection, fields }) => [collection, new Set(fields.map(({ field }) => field))]));
  const demand = (place: string, collection: Json, field?: Json): void => {
    const name = String(collection);
    const named = inFile.get(name);
    if (!named && !has(name)) fault(place, `There is no collection "${name}", neither in the file nor in the database.`);
    if (typeof field === 'string' && !named?.has(field) && !has(name, field)) fault(place, `"${name}" has no field "${field}".`);
  };
  for (const { section, speaksOf } of rowKinds) {
    snapshot[section].forEach((row, i) => {
      for (const [collection, field] of speaksOf?.(row) ?? []) demand(`${section}[${i}]`, collection, field);
    });
  }
}
