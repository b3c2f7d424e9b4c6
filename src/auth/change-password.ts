/** A new password for a user who knows the one of before: it ends all sessions. */
import type { FastifyRequest } from 'fastify';
import { checkPolicy } from '../access/password-policy.ts';
import { endSessionsOf } from './end-sessions.ts';
import { newHash } from './new-password.ts';
import { changeRecorded, type Done } from './records.ts';
import type { UserRow } from './users.ts';

/** Throws `validation` for a password that the project's policy does not take. */
export async function changePassword(request: FastifyRequest, user: UserRow, password: string, done?: Done): Promise<void> {
  const { project } = request;
  checkPolicy(project.rules.current, password);
  const values = { password: await newHash(project, password), password_reset_token: null };
  await changeRecorded(request, { id: user.id, values, by: user, done });
  await endSessionsOf(project, user.id);
}
