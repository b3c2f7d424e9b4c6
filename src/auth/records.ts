/** What sign-in leaves in the activity: who signed in, and whose password was wrong (directus8-system §3.2). */
import type { FastifyRequest } from 'fastify';
import { type JournalRecord, writeJournal } from '../engine/journal.ts';
import { transactional } from '../engine/transactional.ts';
import type { UserRow } from './users.ts';

/** An entry about a user, by that user or about the one of `item`. */
export async function recordUser(
  request: FastifyRequest,
  user: Pick<UserRow, 'id' | 'role'>,
  action: JournalRecord['action'],
  item = user.id,
): Promise<void> {
  const { project, ip, headers } = request;
  const { connection, schemas } = project;
  const schema = schemas.current;
  const actor = { is: 'user', id: user.id, role: user.role, admin: false, ip } as const;
  const entry = { action, collection: 'directus_users', item };
  await transactional(connection, (transaction) =>
    writeJournal({ connection: transaction, now: new Date(), schema }, [entry], { actor, userAgent: headers['user-agent'] ?? '' }),
  );
}
