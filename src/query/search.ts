/** `q`: text looked for in the searchable columns of a collection and of its listed to-many relations (directus8-data §5.6). */
import { searchable } from '../schema/field-types.ts';
import type { Collection } from '../schema/types.ts';
import { isComparable } from './comparable.ts';
import type { BindContext } from './context.ts';
import { always, anyOf, containing, never } from './filters.ts';
import { listedRelations } from './reachable.ts';
import type { Filter } from './types.ts';

function ownColumns(collection: Collection, pattern: string, context: BindContext): Filter[] {
  const found: Filter[] = [];
  for (const field of collection.fields.values()) {
    if (!searchable(field) || field.secret || !isComparable(context.visible.field(field))) continue;
    found.push({ is: 'like', field, pattern, negated: false });
  }
  return found;
}

/** The filter for `q`. Without any searchable column the parameter has no effect. */
export function searchFilter(collection: Collection, text: string, context: BindContext): Filter {
  if (text.includes('\0')) return never;
  if (text === '') return always;
  const pattern = containing(text);
  const parts = ownColumns(collection, pattern, context);
  for (const relation of listedRelations(collection)) {
    if (relation.kind !== 'o2m' || !context.visible.relation(relation)) continue;
    const child = context.schema.collections.get(relation.to);
    if (!child || !context.visible.collection(child)) continue;
    const columns = ownColumns(child, pattern, context);
    if (columns.length > 0) parts.push({ is: 'some', relation, collection: child, where: anyOf(columns) });
  }
  return parts.length === 0 ? always : anyOf(parts);
}
