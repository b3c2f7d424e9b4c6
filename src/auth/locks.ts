/**
 * Accounts that take no password for a while after wrong ones in a row, as the convention of some surfaces has it. Whether there is such an
 * account makes no difference.
 */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import { authSettingsOf } from './settings.ts';
import { attemptsFor, attemptsOf, type SharedAttempts } from './shared-attempts.ts';
import { type Credentials, signIn } from './sign-in.ts';
import { tellingRefusal } from './sign-in-events.ts';
import type { UserRow } from './users.ts';

function locksOf({ project }: FastifyRequest): SharedAttempts {
  return attemptsFor(project, 'locks', (auth) => {
    const settings = authSettingsOf(auth);
    const { lockAttempts: attempts, lockSeconds } = settings;
    const waits = { firstWaitSeconds: lockSeconds, longestWaitSeconds: lockSeconds };
    return { ...settings, ...waits, attempts, addressAttempts: Number.MAX_SAFE_INTEGER };
  });
}

const accountOf = (email: string): string => email.trim().toLowerCase();

/** Signs in, unless the account is locked: `user_locked` then. Throws what `signIn` throws beside. */
export async function signInUnlocked(request: FastifyRequest, given: Credentials): Promise<UserRow> {
  const locks = locksOf(request);
  const account = accountOf(given.email);
  await tellingRefusal(request, () => begin(request, locks, account));
  const user = await signIn(request, given);
  await locks.succeeded(account, request.ip);
  return user;
}

async function begin({ ip }: FastifyRequest, locks: SharedAttempts, account: string): Promise<void> {
  try {
    await locks.begin(account, ip);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError('user_locked', { seconds: error.details['seconds'] });
  }
}

/** Lets the account try again at once. */
export async function unlock(request: FastifyRequest, email: string): Promise<void> {
  const account = accountOf(email);
  await locksOf(request).succeeded(account, request.ip);
  await attemptsOf(request.project).succeeded(account, request.ip);
}
