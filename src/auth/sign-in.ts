/** Signing in with a password (directus8-system §3.2), and what one gets for it. */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import type { SessionCookie } from './cookies.ts';
import { wrongPassword } from './lockout.ts';
import { rehashed } from './new-password.ts';
import { burnPassword, verifyPassword } from './passwords.ts';
import { recordUser } from './records.ts';
import { beginSession } from './sessions.ts';
import { authSettingsOf, cookieMinutes, tokenMinutes } from './settings.ts';
import { attemptsOf } from './shared-attempts.ts';
import { tellingSignIn } from './sign-in-events.ts';
import { signed } from './signed.ts';
import type { AuthClaims } from './tokens.ts';
import { demandOtp } from './two-factor.ts';
import { type UserRow, userByEmail } from './users.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly otp?: string;
}

/** What does not differ between accounts that are there and those that are not. */
const accountOf = (email: string): string => email.toLowerCase();

/**
 * The user of that password. The password comes first and the status after it: an outsider learns nothing about accounts, in the answer or
 * in its time.
 *
 * @throws GatewayError rate_limited, invalid_credentials, user_suspended, user_inactive, otp_missing, otp_wrong
 */
export function signIn(request: FastifyRequest, given: Credentials): Promise<UserRow> {
  return tellingSignIn(request, (known) => checked(request, given, known));
}

async function checked(request: FastifyRequest, given: Credentials, tell: (known: UserRow) => void): Promise<UserRow> {
  const { project } = request;
  const attempts = attemptsOf(project);
  const account = accountOf(given.email);
  await attempts.begin(account, request.ip);
  const user = await userByEmail(project.connection, project.schemas.current, given.email);
  if (!user?.password) {
    await burnPassword(given.password);
    throw new GatewayError('invalid_credentials');
  }
  if (!(await verifyPassword(given.password, user.password))) {
    wrongPassword(request, user);
    throw new GatewayError('invalid_credentials');
  }
  tell(user);
  if (user.status === 'suspended') throw new GatewayError('user_suspended');
  if (user.status !== 'active') throw new GatewayError('user_inactive');
  if (user.twoFactorSecret) await demandOtp(project, user.id, user.twoFactorSecret, given.otp);
  await attempts.succeeded(account, request.ip);
  const known = await rehashed(project, user, given.password);
  await recordUser(request, known, 'authenticate');
  return known;
}

/** Whether the role of a user asks for a second factor that there is not. */
export function lacksSecondFactor({ rules }: Project, user: UserRow): boolean {
  return rules.current.roles.get(user.role)?.enforceTwoFactor === true && !user.twoFactorSecret;
}

/** A token for a user, under the session that is given or a new one. */
export async function tokenFor(request: FastifyRequest, user: UserRow, more: Pick<AuthClaims, 'sid' | 'needs2FA'> = {}): Promise<string> {
  const { project } = request;
  const ttl = tokenMinutes(project.rules.current);
  const sid = more.sid ?? (await begun(request, user, 'jwt', ttl));
  return signed(request, project, { id: Number(user.id), type: 'auth', ttl, ...more, ...(sid === undefined ? {} : { sid }) }, ttl);
}

/** A new session as a cookie. Throws `unprocessable` on a database that keeps no sessions. */
export async function cookieFor(request: FastifyRequest, user: UserRow): Promise<SessionCookie> {
  const { rules, config } = request.project;
  const minutes = Math.min(cookieMinutes(rules.current), authSettingsOf(config.auth).sessionDays * 1440);
  const value = await begun(request, user, 'cookie', minutes);
  if (value === undefined) throw new GatewayError('unprocessable', { message: 'This database keeps no sessions; sign in without a mode' });
  return { value, expires: new Date(Date.now() + minutes * 60_000) };
}

async function begun(request: FastifyRequest, user: UserRow, type: 'jwt' | 'cookie', minutes: number): Promise<string | undefined> {
  const { ip, headers, project } = request;
  const expires = new Date(Date.now() + minutes * 60_000);
  const session = { user, type, ip, userAgent: headers['user-agent'] ?? '', expires };
  const value = await beginSession(project.connection, project.schemas.current, session);
  // That he signed in is told of him, too.
  await project.replicas?.wrote({ is: 'user', id: user.id });
  return value;
}
