/** Tokens anew for those that are about to expire, under the same session (directus8-system §3.4). */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import { knownBy, verified } from './identify.ts';
import { extendSession } from './sessions.ts';
import { authSettingsOf, tokenMinutes } from './settings.ts';
import { lacksSecondFactor, tokenFor } from './sign-in.ts';
import type { UserRow } from './users.ts';

/** Another token for the user of one that is still good. Throws invalid_token, expired_token. */
export async function refreshed(request: FastifyRequest, token: string): Promise<{ readonly token: string; readonly user: UserRow }> {
  const { project } = request;
  const claims = verified(request, project, token);
  if (typeof claims === 'string') throw new GatewayError(claims === 'expired' ? 'expired_token' : 'invalid_token');
  const state = { schema: project.schemas.current, rules: project.rules.current };
  const found = await knownBy(request, project, state, { is: 'bearer', token });
  if (found?.user.status !== 'active') throw new GatewayError('invalid_token');
  const { session, user } = found;
  if (session) {
    const expires = Date.now() + tokenMinutes(state.rules) * 60_000;
    const end = session.created.getTime() + authSettingsOf(project.config.auth).sessionDays * 86_400_000;
    if (expires > end) throw new GatewayError('expired_token');
    await extendSession(project.connection, state.schema, session.id, new Date(expires));
  }
  const sid = claims.sid === undefined ? {} : { sid: claims.sid };
  return { token: await tokenFor(request, user, { ...sid, needs2FA: lacksSecondFactor(project, user) }), user };
}
