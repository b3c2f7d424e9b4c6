/** Whether an item may be written as it is: nothing blank that must not be, patterns met, and no column that fills itself (directus8-data §7). */
import type { Storage, Stored } from '../dialect/types.ts';
import { matchesPattern } from '../lib/bounded-pattern.ts';
import { type FieldFault, GatewayError } from '../lib/errors.ts';
import type { Collection, Field, FieldType } from '../schema/types.ts';
import type { ToMany } from './mutation.ts';

export type WriteMode = 'create' | 'update';

/** Filled by the gateway, whatever is sent. */
const automatic: ReadonlySet<FieldType> = new Set<FieldType>(['datetime_created', 'datetime_updated', 'owner', 'user_updated']);

/** NULL, an empty text, an empty list; not 0, not false, and not an empty object. */
function isBlank(field: Field, value: Stored | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (field.storage === 'array') return value === '{}';
  return value === '[]' && (field.storage === 'json' || field.type === 'json');
}

/** Whether the field may not be left blank: by its column, not by `required` of its metadata, which is a form's hint. */
export function needsValue(collection: Collection, field: Field): boolean {
  const { column } = field;
  if (column.autoIncrement || column.generated || automatic.has(field.type)) return false;
  // The key of a view may be filled by the table behind it, of which nothing is known.
  if (field.primaryKey && collection.kind === 'table') return column.default === null;
  return column.default === null && (!column.nullable || field.type === 'status');
}

/** Columns whose value is the database's own affair. */
function refuseComputed(values: ReadonlyMap<Field, Stored>): void {
  for (const field of values.keys()) {
    const { generated, identityAlways } = field.column;
    if (!generated && !identityAlways) continue;
    const how = generated ? 'computed' : 'counted up';
    throw new GatewayError('unprocessable', { message: `The field '${field.name}' is ${how} by the database and cannot be written` });
  }
}

const blank = (field: string): FieldFault => ({ field, message: 'This value should not be blank.', blank: true });
const invalid = (field: string): FieldFault => ({ field, message: 'This value is not valid.', blank: false });

const longestEmail = 320;
const email = /^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+$/;

/** Whether the value is as the pattern wants it; blank values always are. Undefined where that cannot be told. */
function matches(pattern: string, value: Stored): boolean | undefined {
  if (value === null || value === '') return true;
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : value;
  if (pattern === '$email') return text.length <= longestEmail && email.test(text);
  return matchesPattern(pattern, text);
}

/** A pattern that is unusable is the affair of those who write its field. */
const isFoundMatch = (pattern: string, value: Stored): boolean => matches(pattern, value) !== false;

function isMatch(field: Field, pattern: string, value: Stored): boolean {
  const matched = matches(pattern, value);
  if (matched !== undefined) return matched;
  throw new GatewayError('unprocessable', {
    message: `The validation of the field '${field.name}' is no usable pattern for this value; it is written /pattern/ with i, m, s or u behind it`,
  });
}

/** By the status mapping, whether an item of this status must be complete; undefined where the mapping says so of none. */
function demandsAll({ status }: Collection, value: Stored | undefined): boolean | undefined {
  const required = status?.mapping.requiredFields ?? [];
  return required.length === 0 || value === undefined || value === null ? undefined : required.includes(String(value));
}

const patternOf = (field: Field): string | null | undefined => (field.type === 'hash' ? null : field.meta?.validation);

/** Where nothing is blank but NULL. */
const neverBlank: ReadonlySet<Storage> = new Set<Storage>([
  'integer',
  'decimal',
  'float',
  'boolean',
  'bit',
  'uuid',
  'date',
  'time',
  'datetime',
  'instant',
  'interval',
  'year',
  'range',
  'geometry',
]);

const mayBeFoundBlank = (collection: Collection, field: Field): boolean =>
  !field.primaryKey && needsValue(collection, field) && (field.column.nullable || !neverBlank.has(field.storage));

const demands = new WeakMap<Collection, readonly Field[]>();

/** The fields whose stored value may stand in the way of a change of others. Rows of the system are checked in what is sent alone. */
export function demanding(collection: Collection): readonly Field[] {
  let found = demands.get(collection);
  if (!found) {
    const fields = collection.system ? [] : [...collection.fields.values()];
    found = fields.filter((field) => mayBeFoundBlank(collection, field) || patternOf(field));
    demands.set(collection, found);
  }
  return found;
}

/** What is known of a row that is to be changed, or was. */
export interface RowBefore {
  readonly status: string | null | undefined;
  /** The value of a demanding field; undefined where it is not known, and where the caller may not hear of it. */
  stored(field: Field): Stored | undefined;
}

/**
 * Checks what is about to be written, automatic values included. On create every column counts; on update those in the payload do, and of
 * the others what is known of the row, unless it goes among the deleted. `lists` are the names of related rows that come with it.
 * Patterns of hash fields are for `checkPlain`.
 *
 * @throws GatewayError validation with all violations, or unprocessable where a column cannot be written or a pattern cannot be used
 */
export function checkValues(
  collection: Collection,
  values: ReadonlyMap<Field, Stored>,
  mode: WriteMode,
  { lists = new Set(), before }: { readonly lists?: ReadonlySet<string>; readonly before?: RowBefore | undefined } = {},
): void {
  refuseComputed(values);
  const given = collection.status && values.get(collection.status.field);
  if (demandsAll(collection, given === undefined ? before?.status : given) === false) return;
  const faults: FieldFault[] = mode === 'create' ? missingLists(collection, lists).map(blank) : [];
  const rest = mode === 'create' || softDeletes(collection, given) ? undefined : before;
  for (const field of mode === 'create' || rest ? collection.fields.values() : values.keys()) {
    const isGiven = mode === 'create' || values.has(field);
    const value = isGiven ? values.get(field) : rest?.stored(field);
    if (!isGiven && value === undefined) continue;
    const pattern = patternOf(field);
    if (needsValue(collection, field) && isBlank(field, value)) faults.push(blank(field.name));
    else if (pattern && value !== undefined && !(isGiven ? isMatch(field, pattern, value) : isFoundMatch(pattern, value)))
      faults.push(invalid(field.name));
  }
  if (faults.length > 0) throw violation(faults);
}

const softDeletes = ({ status }: Collection, given: Stored | undefined): boolean =>
  given !== undefined && (status?.mapping.softDeleted.includes(String(given)) ?? false);

function violation(faults: readonly FieldFault[]): GatewayError {
  const message = faults.map((fault) => `${fault.field}: ${fault.message}`).join(' ');
  return new GatewayError('validation', { message }, undefined, faults);
}

/** The patterns of hash fields, which are about what is not hashed yet. Throws validation. */
export function checkPlain(values: ReadonlyMap<Field, Stored>): void {
  const wrong: Field[] = [];
  for (const field of values.keys()) {
    const pattern = field.type === 'hash' ? field.meta?.validation : undefined;
    if (pattern && !isMatch(field, pattern, values.get(field) ?? null)) wrong.push(field);
  }
  if (wrong.length > 0) throw violation(wrong.map((field) => invalid(field.name)));
}

/** Related rows that an item must not be without; for fields without a column `required` of the metadata counts. */
export function requiredLists(collection: Collection): ToMany[] {
  if (!lists.has(collection)) {
    const found = [...collection.relations.values()].filter((relation): relation is ToMany => relation.kind === 'o2m');
    lists.set(
      collection,
      found.filter(({ meta }) => meta?.required),
    );
  }
  return lists.get(collection) ?? [];
}

const lists = new WeakMap<Collection, ToMany[]>();

function missingLists(collection: Collection, given: ReadonlySet<string>): string[] {
  return requiredLists(collection)
    .map(({ name }) => name)
    .filter((name) => !given.has(name));
}

/** What is said of an item that has lost the last row of a required list. */
export function emptied(name: string): GatewayError {
  return violation([blank(name)]);
}
