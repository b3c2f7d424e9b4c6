/** What stands in a row's JSON text, taken out of it without decoding the rest. */
import type { Scalar, Stored } from '../dialect/types.ts';
import { parseJsonBody } from '../lib/json-body.ts';
import { eachMember } from '../lib/json-members.ts';
import type { Template } from '../query/types.ts';
import { coerceOperand } from '../schema/field-types.ts';
import { storedValue } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';

const templates = new WeakMap<Collection, Template>();

/** Every column that is served, as a row is kept in a revision. */
export function wholeRow(collection: Collection): Template {
  let template = templates.get(collection);
  if (!template) {
    const shown = [...collection.fields.values()].filter((field) => field.secret !== 'never');
    template = templateOf(shown);
    templates.set(collection, template);
  }
  return template;
}

const keyTemplates = new WeakMap<Collection, Template>();

/** The columns of the key. */
export function keyRow(collection: Collection): Template {
  let template = keyTemplates.get(collection);
  if (!template) {
    template = templateOf(collection.key);
    keyTemplates.set(collection, template);
  }
  return template;
}

/** Those columns. */
export function templateOf(fields: Iterable<Field>): Template {
  return new Map([...fields].map((field) => [field.name, { is: 'field', field, implied: true }]));
}

const keys = new WeakMap<Field, string>();

/** The field's name as it stands between the quotes of a JSON text. */
function keyed(field: Field): string {
  let key = keys.get(field);
  if (key === undefined) {
    key = JSON.stringify(field.name).slice(1, -1);
    keys.set(field, key);
  }
  return key;
}

/** A column's value as an operand; undefined for NULL and for a column that is not in the text. */
export function valueIn(text: string, field: Field): Scalar | undefined {
  let found: Scalar | undefined;
  const wanted = keyed(field);
  eachMember(text, (key, value) => {
    if (key !== wanted) return;
    if (value !== 'null') found = coerceOperand(field, value.startsWith('"') ? JSON.parse(value) : value);
    return true;
  });
  return found;
}

/** What those of the columns hold that stand in the text, as far as it matters whether that is blank or like a pattern. */
export function storedIn(text: string, fields: readonly Field[]): ReadonlyMap<Field, Stored> {
  const wanted = new Map(fields.map((field) => [keyed(field), field]));
  const found = new Map<Field, Stored>();
  eachMember(text, (key, value) => {
    const field = wanted.get(key);
    if (!field) return;
    const stored = storedText(field, value);
    if (stored !== undefined) found.set(field, stored);
    return found.size === wanted.size || undefined;
  });
  return found;
}

/** Only a pattern takes more than to know whether it is blank. */
function storedText(field: Field, text: string): Stored | undefined {
  if (text === 'null') return null;
  if (text === '""' || text === '[]') return '';
  if (!field.meta?.validation) return text;
  const verdict = storedValue(field, parseJsonBody(text));
  return 'value' in verdict ? verdict.value : undefined;
}

/** The row's key, in key order; undefined where it holds none. */
export function keyIn(text: string, collection: Collection): Scalar[] | undefined {
  const values = collection.key.map((field) => valueIn(text, field));
  return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
}

const keysOfLists = new WeakMap<readonly Field[], ReadonlySet<string>>();

/** Rows by the thousand come with the same list. */
function keysOf(fields: readonly Field[]): ReadonlySet<string> {
  let found = keysOfLists.get(fields);
  if (!found) {
    found = new Set(fields.map(keyed));
    keysOfLists.set(fields, found);
  }
  return found;
}

/** The members of those columns alone, as an object; an empty list where there are none (directus8-data §12.2). The list stays as it is. */
export function picked(text: string, fields: readonly Field[]): string {
  const names = keysOf(fields);
  let members = '';
  eachMember(text, (key, value) => {
    if (names.has(key)) members += `${members === '' ? '' : ','}"${key}":${value}`;
  });
  return members === '' ? '[]' : `{${members}}`;
}
