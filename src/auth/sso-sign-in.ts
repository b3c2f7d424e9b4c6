/** The session that a single sign-on ends with; what is to become of it is decided here alone. */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import { recordUser } from './records.ts';
import { cookieFor, tokenFor } from './sign-in.ts';
import { tellingSignIn } from './sign-in-events.ts';
import type { UserRow } from './users.ts';

export type SsoMode = 'jwt' | 'cookie';

/** The mode that the client asks for. Throws `validation` for one that is not served. */
export function ssoMode(asked: string | undefined): SsoMode {
  if (asked === undefined || asked === '' || asked === 'jwt') return 'jwt';
  if (asked === 'cookie') return 'cookie';
  throw new GatewayError('validation', { message: 'mode: This value should be jwt or cookie.' });
}

/** Refuses whom a password would not let in either; a second factor is asked for nowhere here (directus8-system §3.9). */
export function demandAdmission({ project }: FastifyRequest, user: UserRow): void {
  if (user.status === 'suspended') throw new GatewayError('user_suspended');
  if (user.status !== 'active') throw new GatewayError('user_inactive');
  const enforced = project.rules.current.roles.get(user.role)?.enforceTwoFactor ?? false;
  if (user.twoFactorSecret || enforced) throw new GatewayError('sso_two_factor');
}

/** Signs the user in: the token of mode `jwt`, or the answer's session cookie and nothing. Throws as `demandAdmission` does. */
export function signIn(request: FastifyRequest, user: UserRow, mode: SsoMode): Promise<{ readonly token?: string }> {
  return tellingSignIn(request, (known) => {
    known(user);
    return begun(request, user, mode);
  });
}

async function begun(request: FastifyRequest, user: UserRow, mode: SsoMode): Promise<{ readonly token?: string }> {
  demandAdmission(request, user);
  if (mode === 'jwt') {
    const token = await tokenFor(request, user);
    await recordUser(request, user, 'authenticate');
    return { token };
  }
  request.sessionCookie = await cookieFor(request, user);
  await recordUser(request, user, 'authenticate');
  return {};
}
