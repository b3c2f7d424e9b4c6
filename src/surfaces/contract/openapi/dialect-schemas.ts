/** Schemas that the documents of other dialects have in common. */
import { writtenStatuses } from '../../../access/reach.ts';
import { pointForm } from '../../../schema/points.ts';
import type { Collection } from '../../../schema/types.ts';
import { formOf, type JsonSchema, nullable } from '../values.ts';
import { type View, writtenFields, writtenLists } from '../view.ts';
import { list, object as requiring } from './plain-schemas.ts';

/** That value or null. */
export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

/** An object; no member is required unless the second argument says so. */
export const object = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema =>
  requiring(properties, required);

/** A point as documents show it and take it, or what else the column holds. */
export const orPoint = (other: JsonSchema): JsonSchema => ({
  anyOf: [{ ...list({ type: 'number' }), minItems: 2, maxItems: 2, description: 'Longitude and latitude' }, other],
});

/** Values to be written, with what relations are written by. `points`: those are taken as documents show them too. */
export function bodySchema(view: View, collection: Collection, relation: JsonSchema, points = false): JsonSchema {
  const found = new Map<string, JsonSchema>();
  for (const { field, target } of writtenFields(view, collection)) {
    const statuses = collection.status?.field === field ? writtenStatuses(view, collection) : undefined;
    const form = formOf(field, 'sent', statuses);
    const own = (field.column.nullable ? nullable(form) : form).schema;
    const value = points && pointForm(field) ? orPoint(own) : own;
    found.set(field.name, target ? { anyOf: [value, relation] } : value);
  }
  for (const { relation: one } of writtenLists(view, collection)) found.set(one.name, relation);
  return object(Object.fromEntries(found));
}
