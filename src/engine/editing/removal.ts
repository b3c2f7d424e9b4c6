/** What is taken away from the schema, with all that is said of it: a collection, a field, a relation with its foreign key. */
import type { TableChange } from '../../dialect/ddl.ts';
import type { IntrospectedForeignKey, IntrospectedTable } from '../../dialect/types.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { writeJournal } from '../journal.ts';
import { type MetadataWriter, metadataWriter } from './metadata-rows.ts';
import { type EditContext, runEdit } from './run-edit.ts';

/** Rows of a table that goes, or values of a column that does. */
export interface Counted {
  readonly as: string;
  readonly collection: Collection;
  readonly field?: Field;
}

export interface Removal {
  /** What it does, for the log. */
  readonly what: string;
  /** What is taken away, for the log. */
  readonly subject: string;
  /** The same by its names. */
  readonly of: Readonly<Record<string, string>>;
  readonly counted: readonly Counted[];
  readonly changes: readonly TableChange[];
  /** Rows of which it leaves an entry in the activity. */
  readonly recorded?: readonly { readonly collection: string; readonly item: string }[];
  /** Takes away what is said of it; gives back how many rows of what. */
  forget(writer: MetadataWriter): Promise<Record<string, number>>;
}

export interface GoneKey {
  readonly table: IntrospectedTable;
  readonly key: IntrospectedForeignKey;
}

/** The foreign keys that go with a change of a table: its own, those of its columns that go, and those of others that are given up. */
export function goneKeys(change: TableChange): GoneKey[] {
  if (change.is === 'create') return [];
  const { table } = change;
  if (change.is === 'drop') {
    const inbound = change.inbound.flatMap(({ table: other, constraint }) =>
      other.foreignKeys.filter(({ name }) => name === constraint).map((key) => ({ table: other, key })),
    );
    return [...table.foreignKeys.map((key) => ({ table, key })), ...inbound];
  }
  return table.foreignKeys
    .filter((key) => change.unlink?.includes(key) || key.columns.some((column) => change.drop.includes(column)))
    .map((key) => ({ table, key }));
}

/** Takes it away. What went with it is told in the log. */
export async function remove(context: EditContext, removal: Removal): Promise<void> {
  const { what, subject, of, counted, changes, recorded = [], forget } = removal;
  let gone: Record<string, number> = {};
  await runEdit(context, {
    what,
    checks: [],
    changes,
    async metadata(transaction) {
      gone = await forget(metadataWriter(transaction, context.schema));
      if (context.unrecorded || recorded.length === 0) return;
      const state = { connection: transaction, schema: context.schema, now: new Date() };
      const entries = recorded.map((one) => ({ action: 'delete' as const, ...one }));
      await writeJournal(state, entries, { actor: context.actor, userAgent: context.userAgent });
    },
  });
  const tables = counted.flatMap(({ as, collection, field }) => (field ? [] : [[as, collection.rowEstimate] as const]));
  const foreign_keys = changes.flatMap(goneKeys).length;
  context.log.info({ ...of, ...Object.fromEntries(tables), ...gone, foreign_keys }, `what went with ${subject}`);
}
