/** How often an address, a token or either may ask a project, as its `rateLimit` says; projects without it ask nothing of anybody. */
import { createHash } from 'node:crypto';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { credentialOf } from '../../auth/tokens.ts';
import type { RateLimitSettings } from '../../config/rate-limit-schema.ts';
import type { ProjectConfig } from '../../config/types.ts';
import { GatewayError } from '../../lib/errors.ts';

/** @throws GatewayError rate_limited */
export type LimitRate = (request: FastifyRequest, config: ProjectConfig) => Promise<void>;

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
  const [, ...steps] = stepsOf(url.split('?')[0] ?? '');
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

/**
 * What is to be called for requests to projects that have `rateLimit`, before anything is done for them. Counts are kept in memory, each
 * process its own.
 */
export async function createRateLimits(app: FastifyInstance): Promise<LimitRate> {
  // Without `global` it adds nothing to any route.
  await app.register(rateLimit, { global: false });
  const limiters = new WeakMap<RateLimitSettings, LimitRate>();

  function limiterOf({ key }: ProjectConfig, settings: RateLimitSettings): LimitRate {
    const rules = rulesOf(key, settings).map(({ name, most, seconds, who }) => {
      // The counter asks for it at once, before anybody else's turn.
      let asking = '';
      const options = { max: most, timeWindow: seconds * 1000, cache: remembered, keyGenerator: () => asking };
      const counted = app.createRateLimit(options);
      const count = (request: FastifyRequest): ReturnType<typeof counted> | undefined => {
        const asker = who(request);
        if (asker === undefined) return undefined;
        asking = `${key} ${name} ${asker}`;
        return counted(request);
      };
      return { count, most, seconds };
    });
    return async (request) => {
      for (const { count, most, seconds } of rules) {
        const counted = await count(request);
        if (!counted || counted.isAllowed || !counted.isExceeded) continue;
        const message = `Too many requests: ${most} in ${seconds} seconds are allowed here`;
        throw new GatewayError('rate_limited', { message, seconds: Math.max(1, counted.ttlInSeconds) });
      }
    };
  }

  return async (request, config) => {
    const { rateLimit: settings } = config;
    if (!settings) return;
    let limiter = limiters.get(settings);
    if (!limiter) {
      limiter = limiterOf(config, settings);
      limiters.set(settings, limiter);
    }
    await limiter(request, config);
  };
}
