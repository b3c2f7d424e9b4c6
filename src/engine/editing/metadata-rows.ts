/** Rows of directus_collections, directus_fields and the other tables that say something of tables and fields. */
import type { Transaction } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Json } from '../../lib/json-body.ts';
import { type Stored, storedValue } from '../../schema/stored-values.ts';
import type { Collection, Field, Schema } from '../../schema/types.ts';
import { compileRowsDelete, compileRowsUpdate, type Values } from '../../sql/metadata.ts';
import { insertRows } from '../insert-rows.ts';

export type JsonValues = Readonly<Record<string, Json>>;

/** The system collection of that name. Throws `not_installed` without it. */
export function systemCollection(schema: Schema, name: string): Collection {
  const collection = schema.collections.get(name);
  if (!collection) throw new GatewayError('not_installed', { message: 'This project has no system tables yet; install them first' });
  return collection;
}

/**
 * The values as its columns store them; those of columns that an older Directus 8 lacks are left out.
 *
 * @throws GatewayError for what is no value of a column
 */
export function storedRow(collection: Collection, values: JsonValues): Values {
  const made = new Map<Field, Stored>();
  for (const [name, value] of Object.entries(values)) {
    const field = collection.fields.get(name);
    if (!field) continue;
    const verdict = storedValue(field, value);
    if ('fault' in verdict)
      throw new GatewayError(verdict.fault === 'structured_value' ? 'validation' : verdict.fault, { message: verdict.message });
    made.set(field, verdict.value);
  }
  return made;
}

/** Writes metadata within one transaction. */
export interface MetadataWriter {
  /** Gives back the key. */
  insert(table: string, values: JsonValues): Promise<string>;
  update(table: string, where: JsonValues, values: JsonValues): Promise<number>;
  /** With `filled` only rows that have something in that field. */
  remove(table: string, where: JsonValues, filled?: string): Promise<number>;
}

/** What writes rows of the directus_* tables in this transaction. */
export function metadataWriter(connection: Transaction, schema: Schema): MetadataWriter {
  const { dialect } = connection;
  return {
    async insert(table, values) {
      const collection = systemCollection(schema, table);
      const [made] = await insertRows({ connection }, collection, [storedRow(collection, values)]);
      return String(made?.key?.[0] ?? '');
    },
    async update(table, where, values) {
      const collection = systemCollection(schema, table);
      const row = storedRow(collection, values);
      return row.size === 0 ? 0 : connection.execute(compileRowsUpdate(collection, row, storedRow(collection, where), dialect));
    },
    async remove(table, where, filled) {
      const collection = schema.collections.get(table);
      if (!collection) return 0;
      const named = filled === undefined ? undefined : collection.fields.get(filled);
      return connection.execute(compileRowsDelete(collection, storedRow(collection, where), dialect, named));
    },
  };
}
