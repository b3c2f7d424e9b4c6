/** Attempts at passwords, counted for all instances together where there is Redis, else or while that is away in this process. */
import { createHmac } from 'node:crypto';
import type { AuthSettings } from '../config/schema.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import type { RedisLink } from '../projects/redis.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { authSettingsOf, type EffectiveAuth } from './settings.ts';

export interface SharedAttempts {
  /** As `Attempts.begin`. */
  begin(account: string, address: string): Promise<void>;
  /** As `Attempts.succeeded`. */
  succeeded(account: string, address: string): Promise<void>;
}

/** Milliseconds without an attempt after which those before are forgotten. */
const forgotten = 3_600_000;

/** KEYS: address, account. ARGV: seconds of the first wait and of the longest, free attempts of an address and of an account, forgotten. */
const begin = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait = 0
for i = 1, 2 do
  wait = math.max(wait, tonumber(redis.call('HGET', KEYS[i], 'until') or '0') - now)
end
if wait > 0 then return wait end
for i = 1, 2 do
  local beyond = redis.call('HINCRBY', KEYS[i], 'attempts', 1) - tonumber(ARGV[2 + i])
  local pause = 0
  if beyond >= 0 then pause = math.min(tonumber(ARGV[1]) * 2 ^ math.min(beyond, 30), tonumber(ARGV[2])) end
  redis.call('HSET', KEYS[i], 'until', string.format('%.0f', now + pause * 1000))
  redis.call('PEXPIRE', KEYS[i], ARGV[5])
end
return 0`;

/** The same keys. */
const succeed = `
redis.call('DEL', KEYS[2])
if tonumber(redis.call('HGET', KEYS[1], 'attempts') or '0') > 0 then
  redis.call('HINCRBY', KEYS[1], 'attempts', -1)
  redis.call('HSET', KEYS[1], 'until', '0')
end
return 0`;

const kept = new WeakMap<Project, Map<string, SharedAttempts>>();

/** The attempts of a project; those of this process end with it. */
export function attemptsOf(project: Project): SharedAttempts {
  return attemptsFor(project, 'passwords', authSettingsOf);
}

/** The same for another purpose, counted by itself. */
export function attemptsFor(
  project: Project,
  purpose: string,
  settingsOf: (auth: AuthSettings | undefined) => EffectiveAuth,
): SharedAttempts {
  const all = kept.get(project) ?? new Map<string, SharedAttempts>();
  kept.set(project, all);
  let attempts = all.get(purpose);
  if (!attempts) {
    const settings = settingsOf(project.config.auth);
    const own = createAttempts(settings);
    attempts = project.redis ? shared(project, project.redis, purpose, settings, own) : alone(own);
    all.set(purpose, attempts);
  }
  return attempts;
}

function alone(own: Attempts): SharedAttempts {
  return {
    begin: async (account, address) => own.begin(account, address),
    succeeded: async (account, address) => own.succeeded(account, address),
  };
}

function shared({ config, log }: Project, redis: RedisLink, purpose: string, settings: EffectiveAuth, own: Attempts): SharedAttempts {
  const digest = (text: string): string =>
    createHmac('sha256', config.secret).update(`attempts ${config.key} ${purpose} ${text}`).digest('base64url');
  // The braces keep the keys of a project on one server of a cluster. Names of accounts never get there.
  const keysOf = (account: string, address: string): [string, string] => [
    `sallyport:{${digest('')}}:${digest(`address ${address}`)}`,
    `sallyport:{${digest('')}}:${digest(`account ${account}`)}`,
  ];
  const { firstWaitSeconds, longestWaitSeconds, addressAttempts, attempts } = settings;
  const run = async (script: string, keys: [string, string], ...values: readonly number[]): Promise<number | undefined> => {
    if (!redis.up) return undefined;
    try {
      return Number(await redis.commands.eval(script, 2, ...keys, ...values));
    } catch {
      log.debug({}, 'attempts at passwords are counted in this process while Redis does not answer');
      return undefined;
    }
  };
  return {
    async begin(account, address) {
      const keys = keysOf(account, address);
      const wait = await run(begin, keys, firstWaitSeconds, longestWaitSeconds, addressAttempts, attempts, forgotten);
      if (wait === undefined) return own.begin(account, address);
      const seconds = Math.ceil(wait / 1000);
      if (seconds > 0) throw new GatewayError('rate_limited', { message: `Too many attempts; try again in ${seconds} seconds`, seconds });
    },
    async succeeded(account, address) {
      own.succeeded(account, address);
      await run(succeed, keysOf(account, address));
    },
  };
}
