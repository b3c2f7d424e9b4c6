/** Text indexes by collection, their columns bound to fields. */
import type { IntrospectedTextIndex, Introspection } from '../dialect/types.ts';
import type { Collection, Field, TextIndex } from './types.ts';

const placeOf = (schema: string | null, table: string): string => `${schema ?? ''}\0${table}`;

/**
 * The indexes that can be used. One about a column that is not served is left out, as nobody could be told to be allowed to read it; one that
 * can be asked about single columns is left with the others.
 */
export function bindTextIndexes(
  { textIndexes = [] }: Introspection,
  collections: ReadonlyMap<string, Collection>,
): ReadonlyMap<string, readonly TextIndex[]> {
  const bound = new Map<string, TextIndex[]>();
  if (textIndexes.length === 0) return bound;
  const places = new Map<string, Collection>();
  for (const collection of collections.values()) places.set(placeOf(collection.table.schema, collection.table.name), collection);
  for (const found of textIndexes) {
    const collection = places.get(placeOf(found.schema, found.table));
    const index = collection && bind(found, collection);
    if (!index) continue;
    const others = bound.get(collection.name);
    if (others) others.push(index);
    else bound.set(collection.name, [index]);
  }
  return bound;
}

function bind(found: IntrospectedTextIndex, collection: Collection): TextIndex | undefined {
  const { name, form, columns, least = 0, most = Number.POSITIVE_INFINITY, common = [] } = found;
  const fields: Field[] = [];
  for (const column of columns) {
    const field = collection.fields.get(column);
    if (field) fields.push(field);
    else if (form.is !== 'fts5') return undefined;
  }
  // Rows that an expression finds are found again by their key, which must tell them apart.
  if (form.is === 'expression' && !isKeyed(collection)) return undefined;
  return fields.length === 0 ? undefined : Object.freeze({ name, form, fields, least, most, common: new Set(common) });
}

/** Whether every row can be found again by its key. */
function isKeyed({ kind, key }: Collection): boolean {
  return kind === 'table' && key.length > 0 && key.every((field) => !field.column.nullable);
}
