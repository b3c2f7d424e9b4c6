/** Deletes a row in one statement with its activity, where the request asks for nothing else and nothing of the row need be known. */
import type { Fragment } from '../lib/fragment.ts';
import type { WriteNode } from '../query/mutation.ts';
import { keyText } from '../schema/keys.ts';
import { deletionOfOne } from '../sql/write.ts';
import { type Author, type JournalRecord, type JournalState, journalledDeletion } from './journal.ts';
import { mayRepeat } from './one-row-each.ts';
import { demandWrite, type WriteState } from './write-state.ts';

export interface DeletingAlone {
  readonly journal: JournalState;
  readonly author: Author;
  /** Holds while the caller is who he was taken for. */
  readonly proof: Fragment | undefined;
  readonly comment: string | undefined;
}

/** Whether what is decided depends on nothing that the row holds, and nobody is told what it held. */
function isPlain({ writer, watch, journal }: WriteState, { does, key, collection, toOne, toMany }: WriteNode): boolean {
  if (does !== 'delete' || !key || collection.system || !journal || toOne.length + toMany.length > 0) return false;
  if (collection.kind !== 'table' || mayRepeat(collection)) return false;
  return writer.find(collection)?.byStatus === false && !watch?.wants(collection.name, 'delete');
}

/**
 * True when the row is gone, and the transaction over; else nothing has happened, and who looks for the row finds out why.
 *
 * @throws GatewayError for what the caller may not do, and for what the database refuses
 */
export async function deletedAlone(
  state: WriteState,
  node: WriteNode,
  { journal, author, proof, comment }: DeletingAlone,
): Promise<boolean> {
  const { connection, writer } = state;
  const { collection, key } = node;
  if (!connection.whole || !key || !isPlain(state, node)) return false;
  const rule = writer.grant(collection, 'delete').rows('delete');
  if (rule.is === 'never') return false;
  const entry: JournalRecord = {
    action: 'delete',
    collection: collection.name,
    item: keyText(key),
    ...(comment === undefined ? {} : { comment }),
  };
  const statement = journalledDeletion(journal, deletionOfOne(collection, key, rule, connection.dialect, proof), entry, author);
  if (!statement) return false;
  demandWrite(state, node, 'delete', undefined);
  const gone = await connection.whole(statement);
  return gone !== undefined && gone.length > 0;
}
