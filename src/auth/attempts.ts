/**
 * Who may try a password again, and when: attempts in a row of one account and of one address. Counted in this process (shared-attempts.ts: for
 * all instances), before the password is looked at, so that many at once count as many.
 */
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../lib/errors.ts';
import type { EffectiveAuth } from './settings.ts';

interface Count {
  attempts: number;
  /** Milliseconds since 1970 before which there is no other. */
  until: number;
}

const most = 50_000;
/** After so many milliseconds without an attempt those before are forgotten. */
const forgotten = 3_600_000;

export interface Attempts {
  /** Counts one. Throws `rate_limited` while the account or the address has to wait; that one does not count. */
  begin(account: string, address: string): void;
  /** Takes back what was counted: it was the right password. */
  succeeded(account: string, address: string): void;
}

/** Counters of attempts; the address is looked at first, so that who is many accounts does not count for each of them. */
export function createAttempts(settings: EffectiveAuth, now: () => number = Date.now): Attempts {
  const create = () => new LRUCache<string, Count>({ max: most, ttl: forgotten });
  const [accounts, addresses] = [create(), create()];

  const secondsLeft = (count: Count | undefined): number => Math.ceil(((count?.until ?? 0) - now()) / 1000);

  function counted(counts: LRUCache<string, Count>, key: string, free: number): void {
    const attempts = (counts.get(key)?.attempts ?? 0) + 1;
    const beyond = attempts - free;
    const seconds = beyond < 0 ? 0 : Math.min(settings.firstWaitSeconds * 2 ** Math.min(beyond, 30), settings.longestWaitSeconds);
    counts.set(key, { attempts, until: now() + seconds * 1000 });
  }

  return {
    begin(account, address) {
      const seconds = Math.max(secondsLeft(addresses.get(address)), secondsLeft(accounts.get(account)));
      if (seconds > 0) throw new GatewayError('rate_limited', { message: `Too many attempts; try again in ${seconds} seconds`, seconds });
      counted(addresses, address, settings.addressAttempts);
      counted(accounts, account, settings.attempts);
    },
    succeeded(account, address) {
      accounts.delete(account);
      const { attempts } = addresses.get(address) ?? { attempts: 0 };
      // One good account does not excuse tries at others.
      if (attempts > 0) addresses.set(address, { attempts: attempts - 1, until: 0 });
    },
  };
}
