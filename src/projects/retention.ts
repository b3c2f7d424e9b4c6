/**
 * Takes away history that is not to be kept: in the background, a few rows at a time. Any number of processes may do so on the same
 * database; what one has taken, the other no longer finds. Comments always stay.
 */
import type { HistorySettings } from '../config/schema.ts';
import type { Connection, Row } from '../dialect/types.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import type { Schema } from '../schema/types.ts';
import * as prune from '../sql/prune.ts';

export interface Retention {
  /** Waits for the batch under way and begins no other. */
  stop(): Promise<void>;
}

export interface Pruner {
  /**
   * Takes away some rows.
   *
   * @returns whether there may be more
   */
  batch(): Promise<boolean>;
}

export interface RetentionOptions {
  readonly connection: Connection;
  /** The schema of the moment. */
  readonly schema: () => Schema;
  readonly keep: HistorySettings;
  readonly log: Log;
}

/** Rows that one statement deletes at most, and revisions whose rows are looked at in one batch. */
const most = 300;
const looked = 50;
/** Milliseconds before the first batch, between batches while there is something to do, and when there is not. */
const pauses = { first: 30_000, busy: 1_000, idle: 600_000 };

const millisecondsOfDay = 86_400_000;

/** Begins, with timers that keep no process running. */
export function startRetention(options: RetentionOptions): Retention {
  const pruner = createPruner(options);
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failing = false;
  const after = (pause: number): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = run();
    }, pause);
    timer.unref();
  };
  const run = async (): Promise<void> => {
    let busy = false;
    try {
      busy = await pruner.batch();
      failing = false;
    } catch (error) {
      if (!failing) options.log.warn({ reason: reason(error) }, 'could not take away old history');
      failing = true;
    }
    after(busy ? pauses.busy : pauses.idle);
  };
  after(pauses.first);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** What the batches of one process have seen already. */
export function createPruner({ connection, schema, keep }: RetentionOptions): Pruner {
  const { dialect } = connection;
  /** Every revision up to this one has been looked at: whatever makes one superfluous comes later. */
  let seen = '0';

  const tablesOf = (): prune.HistoryTables | undefined => {
    const { collections } = schema();
    const [activity, revisions] = [collections.get('directus_activity'), collections.get('directus_revisions')];
    const tables = activity && revisions && { activity, revisions };
    return tables && prune.hasHistory(tables) ? tables : undefined;
  };

  async function remove(tables: prune.HistoryTables, from: keyof prune.HistoryTables, found: readonly Row[]): Promise<boolean> {
    if (found.length === 0) return false;
    const keys = found.map((row) => String(row['id']));
    await connection.execute(prune.removed(tables, from, keys, dialect));
    return found.length === most;
  }

  /** The revisions first: their entries are free to go then. */
  async function old(tables: prune.HistoryTables, days: number): Promise<boolean> {
    const before = new Date(Date.now() - days * millisecondsOfDay).toISOString().slice(0, 19).replace('T', ' ');
    const revisions = await connection.rows(prune.oldRevisions(tables, before, most, dialect));
    if (await remove(tables, 'revisions', revisions)) return true;
    return remove(tables, 'activity', await connection.rows(prune.oldActivity(tables, before, most, dialect)));
  }

  async function surplus(tables: prune.HistoryTables, newest: number): Promise<boolean> {
    const rows = await connection.rows(prune.revisionsBehind(tables, seen, looked, dialect));
    const items = new Map(
      rows.map((row) => [JSON.stringify([row['c'], row['i']]), { collection: String(row['c']), item: String(row['i']) }]),
    );
    for (const item of items.values()) {
      const found = await connection.rows(prune.surplusRevisions(tables, item, newest, most, dialect));
      // The same rows once more: there is more of them than one statement takes.
      if (await remove(tables, 'revisions', found)) return true;
    }
    const last = rows[rows.length - 1];
    if (last) seen = String(last['id']);
    return rows.length === looked;
  }

  return {
    async batch() {
      const tables = tablesOf();
      if (!tables) return false;
      const older = keep.days !== undefined && (await old(tables, keep.days));
      const more = keep.perItem !== undefined && (await surplus(tables, keep.perItem));
      return older || more;
    },
  };
}
