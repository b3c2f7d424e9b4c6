/**
 * What the activity says of rows that were changed, in the order of its ids. An id is given before its transaction ends: a smaller one may
 * appear behind a larger one, so ids that are missing are looked for again for a while. Changes of one row are in order all the same, as
 * the second waits for the end of the first.
 */
import type { ReadContext } from '../engine/read.ts';
import { systemRows } from '../engine/system-read.ts';
import { isJsonObject, type JsonObject } from '../lib/json-body.ts';
import type { RequestedItem } from '../query/mutation.ts';
import type { RequestedFilter } from '../query/types.ts';

/** All changes of one row among some entries. */
export interface Change {
  readonly collection: string;
  /** Text form of the key. */
  readonly item: string;
  /** The row was made here. */
  readonly created: boolean;
  /** The columns that were sent. */
  readonly sent: ReadonlySet<string>;
  /** The first and the last entry. */
  readonly first: number;
  readonly last: number;
}

interface Entry {
  readonly id: number;
  readonly action: string;
  readonly collection: string;
  readonly item: string;
}

const tellable = new Set(['create', 'update', 'delete', 'soft-delete', 'revert', 'upload']);
/** Entries of one look. */
export const page = 500;

type Reading = Omit<ReadContext, 'actor'>;

const is = (column: string, operator: string, value: unknown): RequestedFilter => ({ is: 'compare', path: [column], operator, value });

async function entriesWhere(reading: Reading, where: RequestedFilter, limit: number, descending = false): Promise<Entry[]> {
  const rows = await systemRows(reading, 'directus_activity', {
    where,
    limit,
    order: [{ path: ['id'], descending }],
    fields: ['id', 'action', 'collection', 'item'],
  });
  return rows.map((row) => ({
    id: Number(row['id']),
    action: String(row['action']),
    collection: String(row['collection']),
    item: String(row['item']),
  }));
}

/** The entries behind one, the oldest first; not more than a page. */
export function entriesAfter(reading: Reading, after: number, until?: number): Promise<Entry[]> {
  const where = is('id', 'gt', after);
  return entriesWhere(reading, until === undefined ? where : { is: 'all', of: [where, is('id', 'lte', until)] }, page);
}

/** Those of them that are there by now. */
export function entriesOf(reading: Reading, ids: readonly number[]): Promise<Entry[]> {
  return ids.length === 0 ? Promise.resolve([]) : entriesWhere(reading, is('id', 'in', ids.map(String)), ids.length);
}

/** The newest entries, the newest first. */
export function newestEntries(reading: Reading, count: number): Promise<Entry[]> {
  return entriesWhere(reading, is('id', 'gt', 0), count, true);
}

/** The oldest entry that is kept; undefined where there is none. */
export async function oldestEntry(reading: Reading): Promise<number | undefined> {
  const [oldest] = await entriesWhere(reading, is('id', 'gt', 0), 1);
  return oldest?.id;
}

/** The changes of rows among those entries, in the order of each row's last one. */
export async function changesIn(reading: Reading, entries: readonly Entry[]): Promise<Change[]> {
  const ofRows = entries.filter(({ action }) => tellable.has(action));
  const ids = ofRows.map(({ id }) => String(id));
  const revisions =
    ids.length === 0
      ? []
      : await systemRows(reading, 'directus_revisions', { where: is('activity', 'in', ids), fields: ['activity', 'delta'] });
  const sent = new Map<number, string[]>();
  for (const { activity, delta = null } of revisions) {
    sent.set(Number(activity), isJsonObject(delta) ? Object.keys(delta) : []);
  }
  const changes = new Map<string, Change>();
  for (const { id, action, collection, item } of ofRows) {
    const key = JSON.stringify([collection, item]);
    const before = changes.get(key);
    changes.delete(key);
    changes.set(key, {
      collection,
      item,
      created: before?.created ?? (action === 'create' || action === 'upload'),
      sent: new Set([...(before?.sent ?? []), ...(sent.get(id) ?? [])]),
      first: before?.first ?? id,
      last: id,
    });
  }
  return [...changes.values()];
}

/**
 * What the row was before the change, as the history says. A row that has none yet was what it is, but for what was sent: that is left out.
 */
export async function rowBefore(reading: Reading, { collection, item, first, sent }: Change): Promise<JsonObject | undefined> {
  const [earlier] = await systemRows(reading, 'directus_revisions', {
    where: { is: 'all', of: [is('collection', 'eq', collection), is('item', 'eq', item), is('activity', 'lt', first)] },
    order: [{ path: ['id'], descending: true }],
    limit: 1,
    fields: ['data'],
  });
  if (earlier) return snapshotOf(earlier);
  const [own] = await systemRows(reading, 'directus_revisions', { where: is('activity', 'eq', first), limit: 1, fields: ['data'] });
  const snapshot = own && snapshotOf(own);
  return snapshot && Object.fromEntries(Object.entries(snapshot).filter(([name]) => !sent.has(name)));
}

function snapshotOf({ data = null }: RequestedItem): JsonObject | undefined {
  return isJsonObject(data) ? data : undefined;
}

/** The role of each of those users that is there. */
export async function rolesOf(reading: Reading, users: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(users)].filter((id) => /^\d{1,9}$/.test(id));
  if (ids.length === 0) return new Map();
  const rows = await systemRows(reading, 'directus_users', { keys: ids, statuses: 'any', fields: ['id', 'role'] });
  return new Map(rows.map(({ id, role }) => [String(id), String(role)]));
}
