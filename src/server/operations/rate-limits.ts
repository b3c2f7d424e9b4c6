/** How often an address, a token or either may ask a project, as its `rateLimit` says; projects without it ask nothing of anybody. */
import { createHash, createHmac } from 'node:crypto';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { credentialOf } from '../../auth/tokens.ts';
import type { RateLimitSettings } from '../../config/rate-limit-schema.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Project } from '../../projects/project.ts';

/** @throws GatewayError rate_limited */
export type LimitRate = (request: FastifyRequest, project: Project) => Promise<void>;

/** Seconds of a window where no setting says so. */
const usualWindow = 60;
/** Addresses and tokens of each rule that are remembered; beyond that the ones that asked longest ago are forgotten. */
const remembered = 50_000;

/** One rule of a project. */
interface Rule {
  readonly name: string;
  readonly most: number;
  readonly seconds: number;
  /** Who asks, as far as the rule counts; undefined for a request that is none of its business. */
  readonly who: (request: FastifyRequest) => string | undefined;
}

/** A path as the router understands it; one that cannot be decoded reaches no route. */
function stepsOf(path: string): readonly string[] {
  try {
    return path
      .split('/')
      .filter((step) => step !== '')
      .map(decodeURIComponent);
  } catch {
    return [];
  }
}

/** Whether a request's path is the one of a rule or lies below it. The first step of a URL is the project. */
function below(rule: readonly string[], url: string): boolean {
  const [, ...steps] = stepsOf(url.split(/[?#]/, 1)[0] ?? '');
  return rule.every((step, i) => (step === '*' ? steps[i] !== undefined : step === steps[i]));
}

function rulesOf(key: string, { windowSeconds = usualWindow, address, token, routes = [] }: RateLimitSettings): readonly Rule[] {
  const byAddress = (request: FastifyRequest): string => normalizeIP(request.ip);
  const byToken = (request: FastifyRequest): string | undefined => {
    const query = request.url.includes('access_token') ? new URL(request.url, 'http://server').searchParams.get('access_token') : null;
    const credential = credentialOf(request, query ?? undefined, key);
    return credential && createHash('sha256').update(credential.token).digest('base64url');
  };
  const ofRoutes = routes.map(({ path, method, requests, windowSeconds: own = windowSeconds, by = 'address' }, i): Rule => {
    const steps = stepsOf(path);
    const applies = (request: FastifyRequest): boolean => (method === undefined || method === request.method) && below(steps, request.url);
    const who = by === 'token' ? (request: FastifyRequest) => byToken(request) ?? byAddress(request) : byAddress;
    return { name: `route${i}`, most: requests, seconds: own, who: (request) => (applies(request) ? who(request) : undefined) };
  });
  const shared = { seconds: windowSeconds };
  return [
    ...ofRoutes,
    ...(address === undefined ? [] : [{ ...shared, name: 'address', most: address, who: byAddress }]),
    // Who brings no token is counted by address alone.
    ...(token === undefined ? [] : [{ ...shared, name: 'token', most: token, who: byToken }]),
  ];
}

/** Whether somebody has used up the requests of his window, and how many seconds of it are left. */
interface Counted {
  readonly exceeded: boolean;
  readonly seconds: number;
}

/** KEYS: who asks. ARGV: milliseconds of a window. */
const countOne = `
local current = redis.call('INCR', KEYS[1])
if current == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { current, redis.call('PTTL', KEYS[1]) }`;

/** Counts for all instances together; undefined while Redis does not answer. */
function countByRedis({ key, config, redis, log }: Project): ((asker: string, rule: Rule) => Promise<Counted | undefined>) | undefined {
  if (!redis) return undefined;
  // Nobody's address gets there.
  const hashOf = (text: string): string => createHmac('sha256', config.secret).update(`rate ${key} ${text}`).digest('base64url');
  return async (asker, { name, most, seconds }) => {
    if (!redis.up) return undefined;
    try {
      const [current, left] = (await redis.commands.eval(countOne, 1, `sallyport:${hashOf(`${name} ${asker}`)}`, seconds * 1000)) as [
        number,
        number,
      ];
      return { exceeded: current > most, seconds: Math.ceil(left / 1000) };
    } catch {
      log.debug({}, 'requests are counted in this process while Redis does not answer');
      return undefined;
    }
  };
}

/**
 * What is to be called for requests to projects that have `rateLimit`, before anything is done for them. Counts are kept in Redis where the
 * project has it, else and while that is away in memory, each process its own.
 */
export async function createRateLimits(app: FastifyInstance): Promise<LimitRate> {
  // Without `global` it adds nothing to any route.
  await app.register(rateLimit, { global: false });
  const limiters = new WeakMap<Project, LimitRate>();

  function limiterOf(project: Project, settings: RateLimitSettings): LimitRate {
    const together = countByRedis(project);
    const rules = rulesOf(project.key, settings).map((rule) => {
      const { most, seconds, who } = rule;
      // The counter asks for it at once, before anybody else's turn.
      let asking = '';
      const options = { max: most, timeWindow: seconds * 1000, cache: remembered, keyGenerator: () => asking };
      const counter = app.createRateLimit(options);
      const alone = async (request: FastifyRequest, asker: string): Promise<Counted> => {
        asking = asker;
        const counted = await counter(request);
        return counted.isAllowed ? { exceeded: false, seconds } : { exceeded: counted.isExceeded, seconds: counted.ttlInSeconds };
      };
      const count = async (request: FastifyRequest): Promise<Counted | undefined> => {
        const asker = who(request);
        return asker === undefined ? undefined : ((await together?.(asker, rule)) ?? alone(request, asker));
      };
      return { count, most, seconds };
    });
    return async (request) => {
      for (const { count, most, seconds } of rules) {
        const counted = await count(request);
        if (!counted?.exceeded) continue;
        const message = `Too many requests: ${most} in ${seconds} seconds are allowed here`;
        throw new GatewayError('rate_limited', { message, seconds: Math.max(1, counted.seconds) });
      }
    };
  }

  return async (request, project) => {
    const { rateLimit: settings } = project.config;
    if (!settings) return;
    let limiter = limiters.get(project);
    if (!limiter) {
      limiter = limiterOf(project, settings);
      limiters.set(project, limiter);
    }
    await limiter(request, project);
  };
}
