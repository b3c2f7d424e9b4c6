/** How many mails one account and one address may ask for in an hour, so that nobody floods others in the project's name. Counted in this process. */
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../lib/errors.ts';
import type { MailConfig } from './mailer.ts';

const usual = { lettersPerHour: 200, addressLettersPerHour: 1000, resetsPerHour: 5, addressResetsPerHour: 60 } as const;

const hour = 3_600_000;
const most = 50_000;

interface Count {
  readonly used: number;
  /** Milliseconds since 1970 when the hour is over. */
  readonly until: number;
}

const kept = new WeakMap<MailConfig, LRUCache<string, Count>>();

function countsOf(config: MailConfig): LRUCache<string, Count> {
  const counts = kept.get(config) ?? new LRUCache<string, Count>({ max: most });
  kept.set(config, counts);
  return counts;
}

export interface Asking {
  readonly what: 'letters' | 'resets';
  readonly account: string;
  readonly address: string;
  /** Mails; 1 where that is not said. */
  readonly mails?: number;
}

/** Counts what is asked for. Throws `rate_limited` where it is too much for this hour; that does not count. */
export function takeMails(config: MailConfig, { what, account, address, mails = 1 }: Asking): void {
  const settings = { ...usual, ...config };
  const letters = what === 'letters';
  const limits = [
    [`${what} account ${account}`, letters ? settings.lettersPerHour : settings.resetsPerHour],
    [`${what} address ${address}`, letters ? settings.addressLettersPerHour : settings.addressResetsPerHour],
  ] as const;
  const counts = countsOf(config);
  const now = Date.now();
  const counted = limits.map(([key, allowed]) => {
    const known = counts.get(key);
    const { used, until } = known && known.until > now ? known : { used: 0, until: now + hour };
    if (used + mails > allowed) {
      const seconds = Math.ceil((until - now) / 1000);
      throw new GatewayError('rate_limited', { message: `Too many mails within an hour; try again in ${seconds} seconds`, seconds });
    }
    return [key, { used: used + mails, until }] as const;
  });
  for (const [key, count] of counted) counts.set(key, count);
}
