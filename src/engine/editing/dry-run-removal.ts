/** What a removal from the schema would take with it, told out of what there is: nothing is changed, not even for a moment. */
import type { IntrospectedTable, Introspection, Reader } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { inSlices } from '../../lib/slices.ts';
import { building } from '../../schema/build.ts';
import type { Collection, Metadata, Schema } from '../../schema/types.ts';
import { compileCount } from '../../sql/metadata.ts';
import { type Change, readableRows } from '../dry-run.ts';
import type { ReadContext } from '../read.ts';
import { type Noted, notingWriter, withValues } from './noting-writer.ts';
import { type Counted, goneKeys, type Removal } from './removal.ts';
import type { EditContext } from './run-edit.ts';

export interface RemovalReport {
  /** What the log would tell, in the same words; of tables their rows, of columns their values. */
  readonly gone: Readonly<Record<string, string | number | boolean | null>>;
  /** Names that no request could use any more, with a column or without. */
  readonly fields: readonly { readonly collection: string; readonly field: string }[];
  readonly foreignKeys: readonly { readonly collection: string; readonly fields: readonly string[]; readonly references: string }[];
  /** Rows of the metadata. */
  readonly changes: readonly Change[];
}

/** What a dry run is told from: the context of the change, and what reads its rows for the caller. */
export interface DryRunContext {
  readonly edit: EditContext;
  readonly metadata: Metadata;
  readonly read: ReadContext;
}

/**
 * Tells what it would take away.
 *
 * @throws what the removal would throw before it begins
 */
export async function dryRunRemoval({ edit, metadata, read }: DryRunContext, removal: Removal): Promise<RemovalReport> {
  const { connection, vendor, schema, introspection } = edit;
  for (const change of removal.changes) await vendor.ddl.plan(connection, change);
  const { writer, noted } = notingWriter(connection, schema);
  const counts = await removal.forget(writer);
  const rows: Record<string, number | boolean | null> = {};
  for (const one of removal.counted) Object.assign(rows, await counted(connection, one));
  const keys = removal.changes.flatMap(goneKeys);
  const after = await inSlices(building(introspectionWithout(introspection, removal), metadataWithout(metadata, noted), 0));
  const named = new Map([...schema.collections.values()].map((one) => [JSON.stringify([one.table.schema, one.table.name]), one.name]));
  const nameOf = (table: string | null, name: string): string => named.get(JSON.stringify([table, name])) ?? name;
  return {
    gone: { ...removal.of, ...rows, ...counts, foreign_keys: keys.length },
    fields: goneNames(schema, after.schema),
    foreignKeys: keys.map(({ table, key }) => ({
      collection: nameOf(table.schema, table.name),
      fields: key.columns,
      references: nameOf(key.toSchema ?? table.schema, key.toTable),
    })),
    changes: await changesOf(read, noted, removal.recorded ?? []),
  };
}

/** How many there are; where that takes longer than a statement may, what the database takes for it. */
async function counted(reader: Reader, { as, collection, field }: Counted): Promise<Record<string, number | boolean | null>> {
  try {
    const [row] = await reader.texts(compileCount(collection, reader.dialect, field));
    return { [as]: Number(row?.[0] ?? 0) };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'statement_timeout') throw error;
    return { [as]: field ? null : collection.rowEstimate, [`${as}_estimated`]: true };
  }
}

/** The catalogue as the changes of tables would leave it. */
function introspectionWithout(introspection: Introspection, { changes }: Removal): Introspection {
  const gone = new Set(changes.flatMap(goneKeys).map(({ key }) => key));
  const dropped = new Set(changes.flatMap((change) => (change.is === 'drop' ? [change.table] : [])));
  const columns = new Map(changes.flatMap((change) => (change.is === 'alter' ? [[change.table, new Set(change.drop)] as const] : [])));
  const left = (table: IntrospectedTable): IntrospectedTable => {
    const lost = columns.get(table) ?? new Set<string>();
    const stays = (names: readonly string[]): boolean => !names.some((name) => lost.has(name));
    return {
      ...table,
      columns: table.columns.filter(({ name }) => !lost.has(name)),
      unique: table.unique.filter(stays),
      indexes: table.indexes.filter(stays),
      foreignKeys: table.foreignKeys.filter((key) => !gone.has(key)),
    };
  };
  return { ...introspection, tables: introspection.tables.filter((table) => !dropped.has(table)).map(left) };
}

/** The metadata without the rows that would go. */
function metadataWithout(metadata: Metadata, noted: readonly Noted[]): Metadata {
  const goes = (table: string) => {
    const keys = new Set(noted.flatMap((one) => (one.table === table && !one.values ? [one.key] : [])));
    return (key: string | number): boolean => keys.has(String(key));
  };
  const [collection, field, relation] = [goes('directus_collections'), goes('directus_fields'), goes('directus_relations')];
  const values = new Map(
    noted.flatMap((one) => (one.table === 'directus_relations' && one.values ? [[one.key, one.values] as const] : [])),
  );
  return {
    ...metadata,
    collections: metadata.collections.filter((row) => !collection(row.collection)),
    fields: metadata.fields.filter(({ id }) => !field(id)),
    relations: metadata.relations.filter(({ id }) => !relation(id)).map((row) => ({ ...row, ...values.get(String(row.id)) })),
  };
}

const namesOf = ({ fields, relations, aliases }: Collection): Set<string> =>
  new Set([...fields.keys(), ...relations.keys(), ...aliases.keys()]);

function goneNames(before: Schema, after: Schema): RemovalReport['fields'] {
  return [...before.collections.values()].flatMap((collection) => {
    const still = after.collections.get(collection.name);
    const left = still ? namesOf(still) : new Set<string>();
    return [...namesOf(collection)].filter((name) => !left.has(name)).map((field) => ({ collection: collection.name, field }));
  });
}

/** The rows as they are and as they would be. */
async function changesOf(read: ReadContext, noted: readonly Noted[], recorded: NonNullable<Removal['recorded']>): Promise<Change[]> {
  const changes: Change[] = [];
  for (const table of new Set(noted.map((one) => one.table))) {
    const collection = read.schema.collections.get(table);
    const own = noted.filter((one) => one.table === table);
    const rows = collection
      ? await readableRows(
          read,
          collection,
          own.map(({ key }) => key),
        )
      : new Map<string, string>();
    for (const { key, values } of own) {
      const before = rows.get(key) ?? null;
      changes.push({
        action: values ? 'update' : 'delete',
        collection: table,
        item: key,
        before,
        after: values && before !== null ? withValues(before, values) : null,
        comment: null,
        recorded: recorded.some((one) => one.collection === table && one.item === key),
      });
    }
  }
  return changes;
}
