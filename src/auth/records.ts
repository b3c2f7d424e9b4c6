/** What sign-in leaves in the activity: who signed in, whose password was wrong, and what became of a user (directus8-system §3.2). */
import type { FastifyRequest } from 'fastify';
import type { Transaction } from '../dialect/types.ts';
import { textsOf } from '../engine/insert-rows.ts';
import { type JournalRecord, writeJournal } from '../engine/journal.ts';
import { picked, wholeRow } from '../engine/row-text.ts';
import { transactional } from '../engine/transactional.ts';
import { collectionOf } from '../query/bind.ts';
import { parseKey } from '../schema/keys.ts';
import { compileSnapshot } from '../sql/write.ts';
import { changeUser, type UserRow } from './users.ts';

type By = Pick<UserRow, 'id' | 'role'>;

function authorOf({ ip, headers }: FastifyRequest, { id, role }: By) {
  return { actor: { is: 'user', id, role, admin: false, ip } as const, userAgent: headers['user-agent'] ?? '' };
}

/** An entry about a user, by that user. */
export async function recordUser(request: FastifyRequest, user: By, action: JournalRecord['action']): Promise<void> {
  const { connection, schemas } = request.project;
  const entry = { action, collection: 'directus_users', item: user.id };
  await transactional(connection, (transaction) =>
    writeJournal({ connection: transaction, now: new Date(), schema: schemas.current }, [entry], authorOf(request, user)),
  );
}

export interface UserChange {
  readonly id: string;
  readonly values: Readonly<Record<string, string | null>>;
  /** What others must hold for it to be changed. */
  readonly holding?: Readonly<Record<string, string>>;
  /** Who does it, where it is not that user. */
  readonly by: By;
  /** Called in the transaction once it is changed. */
  readonly done?: Done | undefined;
}

/** What is to be there with a change, or not at all. */
export type Done = (transaction: Transaction) => Promise<void>;

/** Changes columns of a user, with its entry and revision, in one transaction. Whether there was such a user. */
export async function changeRecorded(request: FastifyRequest, { id, values, holding, by, done }: UserChange): Promise<boolean> {
  const { connection, schemas, bus, recorded } = request.project;
  const schema = schemas.current;
  const users = collectionOf(schema, 'directus_users');
  const key = parseKey(users, id);
  if (!key) return false;
  const changed = await transactional(connection, async (transaction) => {
    if (!(await changeUser(transaction, schema, id, values, holding))) return false;
    const snapshots = await textsOf(transaction, compileSnapshot(users, [key], wholeRow(users), connection.dialect));
    const sent = Object.keys(values).flatMap((column) => users.fields.get(column) ?? []);
    const about = { collection: users.name, item: id };
    const changed = snapshots.map((data): JournalRecord => ({ action: 'update', ...about, revision: { data, delta: picked(data, sent) } }));
    const status: JournalRecord[] = 'status' in values ? [{ action: 'status-update', ...about }] : [];
    await writeJournal({ connection: transaction, now: new Date(), schema }, [...changed, ...status], authorOf(request, by));
    await done?.(transaction);
    return true;
  });
  if (changed) {
    bus.tell('access');
    recorded();
  }
  return changed;
}
