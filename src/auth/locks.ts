/**
 * Accounts that take no password for a while after wrong ones in a row, as the convention of some surfaces has it. Whether there is such an
 * account makes no difference. Counted in this process.
 */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { authSettingsOf } from './settings.ts';
import { attemptsOf } from './shared-attempts.ts';
import { type Credentials, signIn } from './sign-in.ts';
import type { UserRow } from './users.ts';

const kept = new WeakMap<object, Attempts>();

function locksOf({ project }: FastifyRequest): Attempts {
  let locks = kept.get(project);
  if (!locks) {
    const settings = authSettingsOf(project.config.auth);
    const { lockAttempts: attempts, lockSeconds } = settings;
    const waits = { firstWaitSeconds: lockSeconds, longestWaitSeconds: lockSeconds };
    locks = createAttempts({ ...settings, ...waits, attempts, addressAttempts: Number.MAX_SAFE_INTEGER });
    kept.set(project, locks);
  }
  return locks;
}

const accountOf = (email: string): string => email.trim().toLowerCase();

/** Signs in, unless the account is locked: `user_locked` then. Throws what `signIn` throws beside. */
export async function signInUnlocked(request: FastifyRequest, given: Credentials): Promise<UserRow> {
  const locks = locksOf(request);
  const account = accountOf(given.email);
  try {
    locks.begin(account, request.ip);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError('user_locked', { seconds: error.details['seconds'] });
  }
  const user = await signIn(request, given);
  locks.succeeded(account, request.ip);
  return user;
}

/** Lets the account try again at once. */
export async function unlock(request: FastifyRequest, email: string): Promise<void> {
  const account = accountOf(email);
  locksOf(request).succeeded(account, request.ip);
  await attemptsOf(request.project).succeeded(account, request.ip);
}
