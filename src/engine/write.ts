/** Runs mutations that are prepared: written in one transaction with their activity and revisions, and what is answered read there too. */
import { readGrant } from '../access/grants.ts';
import type { Actor } from '../access/types.ts';
import { visibleFields } from '../access/visible-fields.ts';
import { writerOf } from '../access/write.ts';
import type { Connection, TextRow, Transaction } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { print, sql } from '../lib/fragment.ts';
import { never } from '../query/filters.ts';
import { refuse } from '../query/limits.ts';
import type { NestedSyntax, WriteNode } from '../query/mutation.ts';
import type { Filter } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import { whereClause } from '../sql/scope.ts';
import { deletedAlone } from './delete-alone.ts';
import type { FileWrites, ReleasedFile, StoreFiles } from './file-writes.ts';
import type { WriteFilters } from './hooked-mutation.ts';
import { type JournalRecord, journalStatement, named, writeJournal } from './journal.ts';
import type { Locating } from './locating.ts';
import { insertOutbox, type WrittenItems } from './outbox.ts';
import type { ReadContext } from './read.ts';
import { saveRows } from './save-rows.ts';
import { transactional } from './transactional.ts';
import { eventsOf, type WriteNote, type WriteWatch } from './write-events.ts';
import { isUnlimited, type WriteState } from './write-state.ts';

/** What a write runs with. */
export interface WriteContext extends ReadContext {
  readonly connection: Connection;
  /** Who is written down, where that is not who writes. */
  readonly author?: Actor;
  /** What the caller's client calls itself. */
  readonly userAgent: string;
  readonly syntax: NestedSyntax;
  /** Filters of extensions, where there are any. */
  readonly filters?: WriteFilters | undefined;
  readonly watch?: WriteWatch | undefined;
  /** Takes the content of files that items bring; where there is none, a file is named by its id. */
  readonly store?: StoreFiles | undefined;
  /** Called after the commit, before anybody is answered, with content of files that no row names any more. Never throws. */
  readonly released?: (files: readonly ReleasedFile[]) => Promise<void>;
  /** Called after the commit, before anybody is answered, with the system collections that were written. Never throws. */
  readonly rewritten?: (collections: ReadonlySet<string>) => Promise<void>;
  /** Called after a commit that left entries in the activity, before anybody is answered. Never throws. */
  readonly recorded?: () => void;
  /** Called within the transaction once all is written, with what was done to rows and which of it is recorded; it throws (dry-run.ts). */
  readonly endDryRun?: (within: WithinWrite, entries: readonly JournalRecord[], recorded: ReadonlySet<JournalRecord>) => Promise<never>;
}

/** What a write is prepared with: a connection, or the transaction in which it will be written, which stores no content. */
export type Preparing = ReadContext & Pick<WriteContext, 'syntax' | 'filters' | 'store'>;

export interface WriteOptions {
  /** Goes with the activity of what the request names; some permissions demand one. */
  readonly comment?: string;
  /** Leaves no activity and no revisions. */
  readonly unrecorded?: boolean;
  /** The rows go back to what they were: told as such, with all of what they are then. */
  readonly revert?: boolean;
  /** What files come with. */
  readonly files?: FileWrites;
}

/** A row that the request names, as it was written. */
export interface WrittenRow {
  /** Text form of its key; undefined for a row of a table without one. */
  readonly key: string | undefined;
}

/** A mutation that is bound: it is valid and granted, as far as can be told without its rows. */
export interface PreparedWrite extends Locating {
  /** With whose rights. */
  readonly as: Pick<ReadContext, 'schema' | 'rules' | 'actor'>;
  /** The nodes are filled in while they are written: another attempt gets new ones. */
  nodes(): Promise<readonly WriteNode[]>;
  readonly options: WriteOptions;
}

/** What runs inside the transaction of a write. */
export interface WriteSession {
  /** Everything that is read through it is read in the transaction. */
  readonly within: WithinWrite;
  /** `alone`: the transaction writes nothing else, and nothing is read in it. */
  write(prepared: PreparedWrite, alone?: boolean): Promise<readonly WrittenRow[]>;
  /** Names a row that was written by other means and leaves no history: a dry run tells of it. */
  wrote(row: Pick<JournalRecord, 'action' | 'collection' | 'item'>): void;
}

export type WithinWrite = ReadContext & { readonly connection: Transaction };

/** How a write ends, once its rows are written. */
export interface WriteAnswer<T> {
  /** Reads what is answered, in the transaction. */
  read(within: WithinWrite): Promise<T>;
  /** Its statement is the last one, and nothing of it can fail but that: it may travel with the commit. */
  readonly plain: boolean;
}

/** Thrown when the caller is not who he was taken for: nothing was written, and he is to be identified anew. */
export const notProven = new Error('The caller is to be identified anew');

/**
 * Runs `run` in one transaction, then what it leaves: the activity and revisions of all that it wrote, and what is answered. Everything or
 * nothing. It may be called more than once (see `transactional`).
 *
 * @throws GatewayError for what is not there, not granted, or refused by the database, and forbidden in a context that only reads;
 * `notProven`; and what `run` throws
 */
export async function writing<T>(context: WriteContext, run: (session: WriteSession) => Promise<WriteAnswer<T>>): Promise<T> {
  const { proof, watch, endDryRun, actor, schema, rules, limits, sealer, readOnly, fileData, timings } = context;
  if (readOnly && !endDryRun) throw new GatewayError('forbidden', { message: 'Acting as another role is for reading alone' });
  let events: readonly WrittenItems[] = [];
  let rewritten = new Set<string>();
  let released: WriteState['released'] = new Map();
  let recorded = false;
  const result = await transactional(context.connection, async (transaction) => {
    const entries: JournalRecord[] = [];
    const unrecorded: JournalRecord[] = [];
    const notes: WriteNote[] = [];
    rewritten = new Set();
    released = new Map();
    let rows = 0;
    const now = new Date();
    // Written out, and without the proof: two objects spread into one take ten times the room.
    const within: WithinWrite = { actor, schema, rules, connection: transaction, limits, sealer, readOnly, fileData, timings };
    const journal = { schema: context.schema, connection: transaction, now };
    const author = { actor: context.author ?? context.actor, userAgent: context.userAgent };
    let over = false;
    let holds: Promise<readonly TextRow[]> | undefined;
    // What it says is looked at before anything is kept.
    const prove = (): void => {
      if (!proof || holds) return;
      holds = transaction.texts(print(sql`select 1${whereClause(proof)}`, transaction.dialect));
      holds.catch(() => undefined);
    };
    const answer = await run({
      within,
      async write(prepared, alone) {
        const { options } = prepared;
        const all = watch !== undefined || endDryRun !== undefined;
        const state = stateOf(prepared.as, { transaction, now, options, watch, all, notes, rewritten, released });
        const bound = await prepared.nodes();
        if (!alone) prove();
        const nodes = (await prepared.locate?.(state, bound)) ?? bound;
        // Each mutation was counted by itself; several may be written together.
        const [first] = bound;
        if (alone && first && bound.length === 1 && nodes === bound && !endDryRun) {
          over = await deletedAlone(state, first, { journal, author, proof, comment: options.comment });
          if (over) return nodes.map(written);
        }
        prove();
        rows += countRows(nodes);
        if (rows > context.limits.writeRows) refuse('rows in one write (writeRows)', context.limits.writeRows);
        try {
          await saveRows(state, nodes, true);
          for (const duty of state.duties.values()) await duty();
        } catch (error) {
          throw prepared.failure?.(error) ?? error;
        }
        if (state.journal) (options.unrecorded ? unrecorded : entries).push(...named(state.journal, nodes, options));
        return nodes.map(written);
      },
      wrote: (row) => void unrecorded.push(row),
    });
    recorded = over;
    if (over) return answer.read(within);
    prove();
    if (holds && (await holds).length === 0) throw notProven;
    events = eventsOf(notes);
    recorded = entries.length > 0;
    const calls = watch ? events.flatMap((event) => watch.calls(event, now)) : [];
    if (calls.length > 0) await insertOutbox(transaction, transaction.dialect, calls);
    if (endDryRun) {
      await writeJournal(journal, entries, author);
      await answer.read(within);
      return endDryRun(within, [...entries, ...unrecorded], new Set(entries));
    }
    const statement = entries.length > 0 ? journalStatement(journal, entries, author) : undefined;
    if (statement === undefined) {
      await writeJournal(journal, entries, author);
      return answer.plain ? transaction.last(() => answer.read(within)) : answer.read(within);
    }
    const both = async (): Promise<T> => {
      const [, read] = await Promise.all([transaction.execute(statement), answer.read(within)]);
      return read;
    };
    return answer.plain ? transaction.last(both) : both();
  });
  if (released.size > 0) await context.released?.([...released.values()]);
  if (rewritten.size > 0) await context.rewritten?.(rewritten);
  if (recorded) context.recorded?.();
  if (events.length > 0) watch?.committed(events);
  return result;
}

function countRows(nodes: readonly WriteNode[]): number {
  let count = nodes.length;
  for (const { toOne, toMany } of nodes) {
    count += countRows(toOne.map(({ node }) => node));
    for (const { nodes: children } of toMany) count += countRows(children);
  }
  return count;
}

function written({ key }: WriteNode): WrittenRow {
  return { key: key && keyText(key) };
}

interface Kept extends Pick<WriteState, 'now' | 'watch' | 'notes' | 'rewritten' | 'released'> {
  readonly transaction: Transaction;
  readonly options: WriteOptions;
  /** What leaves no history is noted too. */
  readonly all: boolean;
}

function stateOf({ schema, rules, actor }: PreparedWrite['as'], kept: Kept): WriteState {
  const { transaction, now, options, watch, all, notes, rewritten, released } = kept;
  return {
    schema,
    connection: transaction,
    writer: writerOf(schema, rules, actor),
    readable: (collection) => readableRows(collection, { schema, rules, actor }),
    visible: (collection, status) => visibleFields(collection, rules, actor, status),
    actor,
    user: actor.is === 'user' ? actor.id : null,
    now,
    commented: options.comment !== undefined,
    journal: options.unrecorded && !all ? undefined : [],
    watch,
    duties: new Map(),
    files: options.files,
    notes,
    rewritten,
    released,
  };
}

function readableRows(collection: Collection, { schema, rules, actor }: Pick<ReadContext, 'schema' | 'rules' | 'actor'>): Filter {
  const grant = readGrant(collection, rules, actor, schema);
  const all = isUnlimited(actor);
  return grant ? grant.rows(all ? 'any' : undefined) : never;
}
