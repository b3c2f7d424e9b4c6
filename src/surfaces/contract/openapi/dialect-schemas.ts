/** Schemas that the documents of other dialects have in common. */
import { writtenStatuses } from '../../../access/reach.ts';
import type { Collection } from '../../../schema/types.ts';
import { formOf, type JsonSchema, nullable } from '../values.ts';
import { type View, writtenFields, writtenLists } from '../view.ts';

export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

export const object = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  ...(required.length > 0 ? { required } : {}),
  properties,
});

/** Values to be written, with what relations are written by. */
export function bodySchema(view: View, collection: Collection, relation: JsonSchema): JsonSchema {
  const found = new Map<string, JsonSchema>();
  for (const { field, target } of writtenFields(view, collection)) {
    const statuses = collection.status?.field === field ? writtenStatuses(view, collection) : undefined;
    const form = formOf(field, 'sent', statuses);
    const value = (field.column.nullable ? nullable(form) : form).schema;
    found.set(field.name, target ? { anyOf: [value, relation] } : value);
  }
  for (const { relation: one } of writtenLists(view, collection)) found.set(one.name, relation);
  return object(Object.fromEntries(found));
}
