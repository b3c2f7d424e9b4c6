/** What the parts of one write share. */
import type { Actor } from '../access/types.ts';
import type { WriteGrant, Writer } from '../access/write.ts';
import type { Transaction } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Filter } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { chosen, type FileWrites, isFiles, type ReleasedFile } from './file-writes.ts';
import type { JournalEntry, JournalRecord } from './journal.ts';
import { picked } from './row-text.ts';
import { eventAction, type WriteNote, type WriteWatch } from './write-events.ts';

export interface WriteState {
  readonly schema: Schema;
  /** Everything runs on its one connection. */
  readonly connection: Transaction;
  readonly writer: Writer;
  /** The rows of a collection that the caller may read; administrators reach soft-deleted ones too. */
  readonly readable: (collection: Collection) => Filter;
  /** Whether the caller may hear what a field of a row that is read holds, by the row's status. */
  readonly visible: (collection: Collection, status: string | null | undefined) => (field: Field) => boolean;
  readonly actor: Actor;
  readonly user: string | null;
  readonly now: Date;
  readonly commented: boolean;
  /** Entries in the order in which they happened; undefined where nobody wants them. */
  readonly journal: JournalRecord[] | undefined;
  /** What others are told, and who they are. */
  readonly notes: WriteNote[];
  readonly watch: WriteWatch | undefined;
  /** What the system demands once the rows are written, each by a name: it is done once. */
  readonly duties: Map<string, () => Promise<void>>;
  /** What the files come with that are written. */
  readonly files: FileWrites | undefined;
  /** Content of files that no row names any more, by its name. */
  readonly released: Map<string, ReleasedFile>;
  /** System collections of which rows were written. */
  readonly rewritten: Set<string>;
}

/** Whether everything is granted. */
export const isUnlimited = (actor: Actor): boolean => actor.is === 'system' || (actor.is === 'user' && actor.admin);

type Action = 'create' | 'update' | 'delete';

/**
 * The rules that look at what is written: fields, statuses, and whether a comment is due. `status` is the row's, as it is before or as
 * it is to be made; undefined where it is not known or left to its column.
 */
export function checkWrite(
  grant: WriteGrant,
  collection: Collection,
  action: Action,
  sent: Iterable<string>,
  status: { readonly sent: string | null | undefined; readonly before: string | null | undefined },
  commented: boolean,
): void {
  const of = status.before === undefined ? status.sent : status.before;
  if (grant.demandsComment(action, of) && !commented) {
    throw new GatewayError('forbidden', { message: `Activity comment required for collection: ${collection.name}` });
  }
  const field = grant.forbidden(sent, of);
  if (field !== undefined) throw new GatewayError('field_write_denied', { field, collection: collection.name });
  if (typeof status.sent === 'string' && !grant.chooses(status.sent, status.before)) {
    throw new GatewayError('field_write_denied', { field: collection.status?.field.name, collection: collection.name });
  }
}

/** The status that the row is to have, as text; undefined where it is left as it is, or to its column. */
export function sentStatus({ collection, values }: WriteNode): string | null | undefined {
  const status = collection.status && values.get(collection.status.field);
  return status === undefined || status === null ? status : String(status);
}

/** The same of a row that is about to be written, all of whose columns are known now. */
export function demandWrite(state: WriteState, node: WriteNode, action: Action, before: string | null | undefined): void {
  const { collection } = node;
  const grant = state.writer.grant(collection, action);
  const sent = sentStatus(node);
  if (action === 'create' && !grant.creates(sent)) throw new GatewayError('create_denied', { collection: collection.name });
  const names = state.files ? chosen(collection, [...writtenNames(node)], state.files) : writtenNames(node);
  checkWrite(grant, collection, action, names, { sent, before }, state.commented);
}

function* writtenNames({ values, toMany }: WriteNode): Generator<string> {
  for (const field of values.keys()) yield field.name;
  for (const { relation } of toMany) yield relation.name;
}

/** Notes what happened to a row. `sent` are the columns that were written on purpose. */
export function record(state: WriteState, node: WriteNode, action: JournalEntry['action'], sent: readonly Field[]): void {
  const { journal } = state;
  if (!journal) return;
  const { collection, key, snapshot, parent } = node;
  const entry: JournalEntry = {
    action: action === 'create' && isFiles(collection) ? 'upload' : action,
    collection: collection.name,
    item: keyText(key ?? []),
    ...(snapshot === undefined || action === 'delete' ? {} : { revision: { data: snapshot, delta: picked(snapshot, sent) } }),
    ...(parent ? { parent: { collection: parent.collection.name, item: parentItem(parent) } } : {}),
  };
  journal.push(entry);
  const event = eventAction(action);
  if (snapshot === undefined || !state.watch?.wants(collection.name, event)) return;
  state.notes.push({ entry, item: event === 'update' ? picked(snapshot, [...collection.key, ...sent]) : snapshot });
}

/** A parent that is being made is not named by the reference (directus8-data §12.2). */
function parentItem(parent: WriteNode): string | null {
  return parent.done === 'create' ? null : keyText(parent.key ?? []);
}
