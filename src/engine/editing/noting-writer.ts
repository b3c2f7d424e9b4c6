/** Takes note of what would be written to the metadata instead of writing it. */
import type { Reader } from '../../dialect/types.ts';
import { jsonTextOf } from '../../lib/json-body.ts';
import { eachMember } from '../../lib/json-members.ts';
import { keyText } from '../../schema/keys.ts';
import type { Schema } from '../../schema/types.ts';
import { compileRowKeys } from '../../sql/metadata.ts';
import { type JsonValues, type MetadataWriter, storedRow, systemCollection } from './metadata-rows.ts';

/** A row that would be changed, or deleted where there are no values. */
export interface Noted {
  readonly table: string;
  readonly key: string;
  readonly values?: JsonValues;
}

export interface NotingWriter {
  readonly writer: MetadataWriter;
  /** In the order in which it would happen; what is deleted in the end was not changed before. */
  readonly noted: readonly Noted[];
}

/** A writer that reads which rows it would write to. A row that is gone for it is not found again. */
export function notingWriter(reader: Reader, schema: Schema): NotingWriter {
  const noted: Noted[] = [];
  const keysOf = async (table: string, where: JsonValues, filled?: string): Promise<string[]> => {
    const collection = systemCollection(schema, table);
    const named = filled === undefined ? undefined : collection.fields.get(filled);
    const rows = await reader.texts(compileRowKeys(collection, storedRow(collection, where), reader.dialect, named));
    const gone = new Set(noted.flatMap((one) => (one.table === table && !one.values ? [one.key] : [])));
    return rows.map((row) => keyText(row.map(String))).filter((key) => !gone.has(key));
  };
  const forget = (table: string, keys: readonly string[]): void => {
    for (let i = noted.length - 1; i >= 0; i -= 1) {
      const one = noted[i];
      if (one?.table === table && keys.includes(one.key)) noted.splice(i, 1);
    }
  };
  const writer: MetadataWriter = {
    async insert(table) {
      throw new Error(`A removal makes no row of ${table}`);
    },
    async update(table, where, values) {
      const keys = await keysOf(table, where);
      forget(table, keys);
      noted.push(...keys.map((key) => ({ table, key, values })));
      return keys.length;
    },
    async remove(table, where, filled) {
      if (!schema.collections.has(table)) return 0;
      const keys = await keysOf(table, where, filled);
      forget(table, keys);
      noted.push(...keys.map((key) => ({ table, key })));
      return keys.length;
    },
  };
  return { writer, noted };
}

/** A row's JSON text with other values in it. */
export function withValues(row: string, values: JsonValues): string {
  const members: string[] = [];
  eachMember(row, (name, value) => {
    const other = values[name];
    members.push(`"${name}":${other === undefined ? value : jsonTextOf(other)}`);
  });
  return `{${members.join(',')}}`;
}
