/**
 * A dry run of a write: it runs in its transaction as any other, with everything that may refuse it, and is then undone. What it would
 * have changed is told as far as its caller may read it.
 */
import { GatewayError } from '../lib/errors.ts';
import { print } from '../lib/fragment.ts';
import { eachItem, eachMember } from '../lib/json-members.ts';
import { keyText } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import type { JournalRecord } from './journal.ts';
import { prepareRead, type ReadContext, runRead } from './read.ts';
import { keyIn } from './row-text.ts';
import { type WriteAnswer, type WriteContext, type WriteSession, writing } from './write.ts';

export interface DryRun<T> {
  readonly answer: T;
  readonly changes: readonly Change[];
}

export interface Change {
  readonly action: JournalRecord['action'];
  readonly collection: string;
  /** Text form of its key; null for a row that was made and may not be read. */
  readonly item: string | null;
  /** JSON texts of the row, as the caller may read it; null where there is none for him. */
  readonly before: string | null;
  readonly after: string | null;
  readonly comment: string | null;
  /** Absent of a deletion, and where nothing is recorded. JSON texts, of what the caller may read. */
  readonly revision?: { readonly data: string; readonly delta: string };
  readonly parent?: JournalRecord['parent'];
  /** Whether activity and revisions would have been written. */
  readonly recorded: boolean;
}

/** Ends the transaction of a dry run. */
const undone = new Error('The write was a dry run');

/**
 * Runs what `writing` runs, and takes it back. Nobody is told of it: no webhook, no action of an extension, and no file goes.
 *
 * @throws what `writing` throws
 */
export async function dryRun<T>(context: WriteContext, run: (session: WriteSession) => Promise<WriteAnswer<T>>): Promise<DryRun<T>> {
  let found: { answer: T; entries: readonly JournalRecord[]; recorded: ReadonlySet<JournalRecord>; after: Rows } | undefined;
  const { watch: _, released: __, rewritten: ___, ...rest } = context;
  const endDryRun: WriteContext['endDryRun'] = async (within, entries, recorded) => {
    const { checkConstraints } = within.connection.dialect;
    if (checkConstraints) await within.connection.execute(print(checkConstraints, within.connection.dialect));
    if (found) found = { ...found, entries, recorded, after: await rowsOf(within, entries) };
    throw undone;
  };
  try {
    await writing({ ...rest, endDryRun }, async (session) => {
      const { read } = await run(session);
      return {
        plain: false,
        async read(within) {
          const answer = await read(within);
          found = { answer, entries: [], recorded: new Set(), after: new Map() };
          return answer;
        },
      };
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
  if (!found) throw new Error('A dry run ends with what it found');
  const { answer, entries, recorded, after } = found;
  const before = await rowsOf(context, entries);
  const { actor } = context;
  const unlimited = actor.is === 'user' && actor.admin;
  return { answer, changes: changesOf(entries, { recorded, before, after, unlimited }) };
}

/** JSON texts by collection and key. */
type Rows = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The rows that the entries name, as they are now and as the caller may read them. */
async function rowsOf(context: ReadContext, entries: readonly JournalRecord[]): Promise<Rows> {
  const keys = new Map<string, Set<string>>();
  for (const { collection, item } of entries) {
    const known = keys.get(collection) ?? new Set();
    keys.set(collection, known.add(item));
  }
  const rows = new Map<string, ReadonlyMap<string, string>>();
  for (const [name, items] of keys) {
    const collection = context.schema.collections.get(name);
    if (collection) rows.set(name, await readableRows(context, collection, [...items]));
  }
  return rows;
}

/** Rows of a collection by the text of their key, as the caller may read them; those that he may not are left out. */
export async function readableRows(
  context: ReadContext,
  collection: Collection,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  // What may be written in one request may be told in one.
  const limits = { ...context.limits, keys: keys.length, pageRows: Math.max(context.limits.pageRows, keys.length) };
  const admin = context.actor.is === 'user' && context.actor.admin;
  try {
    const prepared = prepareRead(
      { ...context, limits },
      {
        collection: collection.name,
        selection: { all: true, named: new Map(), without: new Set() },
        keys,
        offset: 0,
        counts: { filtered: false, total: false, byStatus: false },
        stubs: false,
        ...(admin ? { statuses: 'any' as const } : {}),
      },
    );
    const { texts } = await runRead({ ...context, limits }, prepared);
    eachItem(String(texts.between('[', ']')), (text) => {
      const key = keyIn(text, collection);
      if (key) found.set(keyText(key.map(String)), text);
    });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'read_denied') throw error;
  }
  return found;
}

interface Seen {
  readonly recorded: ReadonlySet<JournalRecord>;
  readonly before: Rows;
  readonly after: Rows;
  readonly unlimited: boolean;
}

/** What follows in rows that the caller may not read is left out; of what he made himself there is only that it was made. */
function changesOf(entries: readonly JournalRecord[], { recorded, before, after, unlimited }: Seen): Change[] {
  return entries.flatMap((entry): Change[] => {
    const { action, collection, item, comment = null, revision, parent } = entry;
    const was = action === 'create' || action === 'upload' ? null : (before.get(collection)?.get(item) ?? null);
    const is = action === 'delete' ? null : (after.get(collection)?.get(item) ?? null);
    const seen = was !== null || is !== null || unlimited;
    if (!seen && action !== 'create') return [];
    const common = { action, collection, comment, recorded: recorded.has(entry), before: was, after: is };
    if (!seen) return [{ ...common, item: null }];
    const shown = (text: string): string => (unlimited ? text : readableMembers(text, is));
    return [
      {
        ...common,
        item,
        ...(revision && recorded.has(entry) ? { revision: { data: shown(revision.data), delta: shown(revision.delta) } } : {}),
        ...(parent ? { parent } : {}),
      },
    ];
  });
}

/** The members that the row, as it may be read, has too. */
function readableMembers(text: string, row: string | null): string {
  const names = new Set<string>();
  if (row !== null) eachMember(row, (key) => void names.add(key));
  let members = '';
  if (text.startsWith('{')) {
    eachMember(text, (key, value) => {
      if (names.has(key)) members += `${members === '' ? '' : ','}"${key}":${value}`;
    });
  }
  return members === '' ? '[]' : `{${members}}`;
}
