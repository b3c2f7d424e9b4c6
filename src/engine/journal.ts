/** The rows of directus_activity and directus_revisions that a write leaves, in its own transaction (directus8-data §12). */
import type { Actor } from '../access/types.ts';
import type { HistoryAuthor, HistoryRow } from '../dialect/types.ts';
import type { Fragment, Statement } from '../lib/fragment.ts';
import type { WriteNode } from '../query/mutation.ts';
import { keyText } from '../schema/keys.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { insertRows } from './insert-rows.ts';
import type { WriteState } from './write-state.ts';

/** What a write of rows is recorded as. */
type WriteAction = 'create' | 'update' | 'delete' | 'soft-delete' | 'revert' | 'upload';

export interface JournalRecord {
  readonly action: WriteAction | 'authenticate' | 'invalid-credentials' | 'status-update';
  readonly collection: string;
  /** Text form of the key. */
  readonly item: string;
  /** The row after the change, and of it what was sent; none of a deletion. */
  readonly revision?: { readonly data: string; readonly delta: string };
  /** Whose list the row was written through; without an item where that was being made. */
  readonly parent?: { readonly collection: string; readonly item: string | null };
  readonly comment?: string;
}

/** The record of a written row. */
export interface JournalEntry extends JournalRecord {
  readonly action: WriteAction;
}

/** Who wrote, as the entries tell it. */
export interface Author {
  readonly actor: Actor;
  readonly userAgent: string;
}

const loopback = /^(?:127\.|::1$|::ffff:127\.)/;

/** The comment stands beside what the request names, not beside what hangs on it (directus8-data §12.2). */
export function named(
  entries: readonly JournalRecord[],
  nodes: readonly WriteNode[],
  { comment, revert }: { readonly comment?: string; readonly revert?: boolean },
): readonly JournalRecord[] {
  const [first] = nodes;
  if (!first || (comment === undefined && !revert)) return entries;
  const keys = new Set(nodes.map(({ key }) => keyText(key ?? [])));
  return entries.map((entry) => {
    if (entry.collection !== first.collection.name || entry.parent || !keys.has(entry.item)) return entry;
    const { revision } = entry;
    return {
      ...entry,
      ...(comment === undefined ? {} : { comment }),
      ...(revert && revision ? { action: 'revert' as const, revision: { data: revision.data, delta: revision.data } } : {}),
    };
  });
}

/** What the entries are written with. */
export interface JournalState extends Pick<WriteState, 'connection' | 'now'> {
  readonly schema: Schema;
}

/** UTC, as the columns have it. */
export function utcText(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** The entries as rows, with what does not fit its column cut off. */
function historyRows(entries: readonly JournalRecord[]): HistoryRow[] {
  return entries.map(({ action, collection, item, comment, revision, parent }) => ({
    action,
    collection,
    item,
    comment: comment ?? null,
    data: revision?.data ?? null,
    delta: revision?.delta ?? null,
    parentCollection: parent?.collection ?? null,
    parentItem: parent?.item ?? null,
  }));
}

/** Where one statement writes them all, that; to be sent together with what follows. Undefined where it takes several. */
export function journalStatement(
  { connection, schema, now }: JournalState,
  entries: readonly JournalRecord[],
  author: Author,
): Statement | undefined {
  const activity = schema.collections.get('directus_activity');
  const revisions = schema.collections.get('directus_revisions');
  if (!activity || !revisions) return undefined;
  const by = authorOf(author, now, activity);
  return connection.dialect.history?.({ activity, revisions }, by, historyRows(entries));
}

/** A deletion and the entry of the row that it deletes, where one statement does both: it tells a row if there was one. */
export function journalledDeletion(
  { connection, schema, now }: JournalState,
  deletion: Fragment,
  entry: JournalRecord,
  author: Author,
): Statement | undefined {
  const activity = schema.collections.get('directus_activity');
  const revisions = schema.collections.get('directus_revisions');
  const [row] = historyRows([entry]);
  if (!activity || !revisions || !row) return undefined;
  return connection.dialect.deleteWithHistory?.(deletion, { activity, revisions }, authorOf(author, now, activity), row);
}

/** Writes the entries, in a statement for each table; on a database without these tables there are none to write. */
export async function writeJournal(state: JournalState, entries: readonly JournalRecord[], author: Author): Promise<void> {
  const activity = state.schema.collections.get('directus_activity');
  const revisions = state.schema.collections.get('directus_revisions');
  if (!activity || entries.length === 0) return;
  const { user, at, ip, userAgent } = authorOf(author, state.now, activity);
  const common = { action_by: user, action_on: at, ip, user_agent: userAgent };
  const rows = historyRows(entries);
  const made = await insertRows(
    state,
    activity,
    rows.map(({ action, collection, item, comment }) =>
      row(activity, { action, ...common, collection, item, ...(comment === null ? {} : { comment }) }),
    ),
  );
  if (!revisions) return;
  const kept = rows.flatMap(({ collection, item, data, delta, parentCollection, parentItem }, i) => {
    const [id] = made[i]?.key ?? [];
    if (data === null || id === undefined) return [];
    const parent = { parent_collection: parentCollection, parent_item: parentItem, parent_changed: parentCollection !== null };
    return [row(revisions, { activity: id, collection, item, data, delta, ...parent })];
  });
  await insertRows(state, revisions, kept);
}

/** The columns of an entry that say who wrote, with what does not fit cut off. */
export function authorOf({ actor, userAgent }: Author, now: Date, activity: Collection): HistoryAuthor {
  const length = activity.fields.get('user_agent')?.column.length ?? 255;
  return {
    user: actor.is === 'user' ? actor.id : '0',
    at: utcText(now),
    ip: actor.is === 'system' ? '' : loopback.test(actor.ip) ? 'localhost' : actor.ip.slice(0, 50),
    // What a client says of itself may be longer than its column.
    userAgent: Array.from(userAgent.slice(0, length * 2))
      .slice(0, length)
      .join(''),
  };
}

/** The columns that exist of a system table; the original had fewer in some of its versions. */
function row(collection: Collection, values: Readonly<Record<string, Stored>>): Map<Field, Stored> {
  const stored = new Map<Field, Stored>();
  for (const [name, value] of Object.entries(values)) {
    const field = collection.fields.get(name);
    if (field) stored.set(field, value);
  }
  return stored;
}
