/** The columns by which an upsert finds the rows that are there: the primary key or a unique constraint, exactly. */
import { GatewayError } from '../lib/errors.ts';
import type { Collection, Field } from '../schema/types.ts';
import type { WriteNode } from './mutation.ts';

function refuse(message: string): never {
  throw new GatewayError('unprocessable', { message: `upsert: ${message}` });
}

const quoted = (fields: readonly Field[]): string => fields.map((field) => `"${field.name}"`).join(', ');

/** The fields of those names. Throws unknown_field, and unprocessable where they are neither the key nor a unique constraint. */
export function uniqueFields(collection: Collection, names: readonly string[]): readonly Field[] {
  if (names.length === 0) refuse('name the columns of the primary key or of a unique constraint, with commas between them');
  const fields = names.map((name) => {
    const field = collection.fields.get(name);
    if (!field || field.secret) throw new GatewayError('unknown_field', { field: name, collection: collection.name });
    return field;
  });
  if (collection.key.length === 0) refuse(`"${collection.name}" has no primary key, so that its rows cannot be changed`);
  const isThese = (columns: readonly Field[]): boolean =>
    columns.length === fields.length && new Set(fields).size === fields.length && columns.every((field) => fields.includes(field));
  if (!isThese(collection.key) && !collection.unique.some(isThese)) {
    refuse(`${quoted(fields)} should be all columns of the primary key or of a unique constraint of "${collection.name}", and no other`);
  }
  if (fields.some((field) => field.type === 'hash')) refuse(`${quoted(fields)} holds hashes, by which no row can be found`);
  return fields;
}

/** Every item must hold a value for each of the columns, and no two the same. Throws unprocessable. */
export function checkUniqueValues(by: readonly Field[], nodes: readonly WriteNode[]): void {
  const seen = new Map<string, number>();
  nodes.forEach(({ values }, i) => {
    const lacking = by.filter((field) => (values.get(field) ?? null) === null);
    if (lacking.length > 0) refuse(`item ${i} has no value for ${quoted(lacking)}`);
    const text = JSON.stringify(by.map((field) => values.get(field)));
    const before = seen.get(text);
    if (before !== undefined) refuse(`items ${before} and ${i} have the same ${quoted(by)}`);
    seen.set(text, i);
  });
}
