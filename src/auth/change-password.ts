/** A new password for a user who knows the one of before: it ends all sessions. */
import type { FastifyRequest } from 'fastify';
import { checkPolicy } from '../access/password-policy.ts';
import { endSessionsOf } from './end-sessions.ts';
import { newHash } from './new-password.ts';
import { changeRecorded } from './records.ts';
import type { UserRow } from './users.ts';

/** Throws `validation` for a password that the project's policy does not take. */
export async function changePassword(request: FastifyRequest, user: UserRow, password: string): Promise<void> {
  const { project } = request;
  checkPolicy(project.rules.current, password);
  await changeRecorded(request, { id: user.id, values: { password: await newHash(project, password) }, by: user });
  await endSessionsOf(project, user.id);
}
