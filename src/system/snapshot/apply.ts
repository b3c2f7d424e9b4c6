/** Applies a snapshot: what differs is planned and told first, and then done as one, or not at all. */

import type { Transaction } from '../../dialect/types.ts';
import { metadataWriter } from '../../engine/editing/metadata-rows.ts';
import { type EditContext, runEdit } from '../../engine/editing/run-edit.ts';
import type { Log } from '../../lib/log.ts';
import { isDone, type Line } from './lines.ts';
import { hasIn, type State } from './open.ts';
import { planRowKinds, writeRowKinds } from './plan-rows.ts';
import { type MetaStep, planTables } from './plan-tables.ts';
import { checkNames } from './shape.ts';
import type { Snapshot } from './types.ts';

export interface Plan {
  /** What is to be done, and what stays as it is although the file says otherwise. */
  readonly lines: readonly Line[];
  /** Whether anything is to be done. */
  readonly changes: boolean;
  /** Does it. */
  run(): Promise<void>;
}

export interface ApplyOptions {
  readonly log: Log;
  /** Values may be lost. */
  readonly force: boolean;
}

/**
 * What there is to do. Changes nothing.
 *
 * @throws GatewayError with the place and the fault, for what cannot be applied here
 */
export function planSnapshot(state: State, snapshot: Snapshot, { log, force }: ApplyOptions): Plan {
  const { schema, introspection, connection, vendor } = state;
  const context: EditContext = {
    schema,
    introspection,
    connection,
    vendor,
    actor: { is: 'system', reason: 'a snapshot is applied' },
    userAgent: '',
    log,
    unrecorded: true,
    force,
  };
  checkNames(snapshot, hasIn(schema, state.metadata));
  const tables = planTables(context, state, snapshot);
  const rows = planRowKinds(state, snapshot);
  const named = new Set(snapshot.collections.map(({ collection }) => collection));
  const kept = [...schema.collections.values()].filter(({ name, meta, system }) => meta && !system && !named.has(name));
  const stays = kept.map(({ name }): Line => ({ sign: '=', text: `collection ${name} stays: the file does not name it` }));
  const lines = [...tables.lines, ...rows.lines, ...stays];
  return {
    lines,
    changes: lines.some(isDone) || tables.steps.length > 0 || rows.steps.length > 0,
    run: () =>
      vendor.ddl.exclusively(connection, (undisturbed) =>
        runEdit(
          { ...context, undisturbed },
          {
            what: 'a snapshot applied',
            checks: tables.checks,
            changes: tables.changes,
            async metadata(transaction) {
              const writer = metadataWriter(transaction, schema);
              await writeSteps(transaction, state, tables.steps);
              await writeRowKinds(writer, rows);
            },
          },
        ),
      ),
  };
}

/** Rows of collections and fields; what group a field is in is written when all fields have their ids. */
async function writeSteps(transaction: Transaction, { schema, metadata }: State, steps: readonly MetaStep[]): Promise<void> {
  const writer = metadataWriter(transaction, schema);
  const key = (collection: unknown, field: unknown): string => JSON.stringify([collection, field]);
  const ids = new Map(metadata.fields.map(({ id, collection, field }) => [key(collection, field), String(id)]));
  for (const { table, where, there, values } of steps) {
    if (there) await writer.update(table, where, values);
    else {
      const made = await writer.insert(table, { ...where, ...values });
      if (table === 'directus_fields') ids.set(key(where['collection'], where['field']), made);
    }
  }
  for (const { table, where, group } of steps) {
    if (group === undefined) continue;
    const id = group === null ? null : Number(ids.get(key(where['collection'], group)));
    await writer.update(table, where, { group: id });
  }
}
