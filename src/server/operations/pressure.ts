/** Sheds load: while the process cannot keep up, requests are answered with status 503 at once and told when to come again. */
import underPressure, { TYPE_EVENT_LOOP_DELAY } from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import type { Registry } from '../../projects/registry.ts';
import { metricsPath } from './metrics-routes.ts';
import type { PressureSettings } from './settings.ts';

/** Those who look after the server are always answered. */
const exempt: ReadonlySet<string> = new Set(['/server/live', '/server/ready', '/server/health', '/server/ping', metricsPath]);

/** Milliseconds between lines of the log that tell of it: a line for each request would be more load. */
const warnEvery = 10_000;

/** Milliseconds between two measures, and a little more. */
const measuredEvery = 1_000;
const gap = 1_500;

/**
 * Whether the process has been slow for longer than one measure: a single long statement of SQLite, which is over when its measure is
 * taken, is no reason to turn anybody away.
 */
function lasting(): () => boolean {
  let since = 0;
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - last > gap) since = now;
    last = now;
    return now - since >= measuredEvery;
  };
}

/** Registers the hook, unless every threshold is off. */
export async function shedLoad(app: FastifyInstance, settings: PressureSettings, registry: Registry): Promise<void> {
  const { eventLoopMilliseconds, requests, heapBytes, rssBytes } = settings;
  if (eventLoopMilliseconds === 0 && heapBytes === 0 && rssBytes === 0) return;
  const isSlow = lasting();
  let warned = Number.NEGATIVE_INFINITY;
  await app.register(underPressure, {
    maxEventLoopDelay: eventLoopMilliseconds,
    maxHeapUsedBytes: heapBytes,
    maxRssBytes: rssBytes,
    sampleInterval: measuredEvery,
    pressureHandler(request, _reply, type, value) {
      if (exempt.has(request.routeOptions.url ?? '')) return;
      // Of few requests each may be slow by itself, and turning away the next one would help none of them.
      if (type === TYPE_EVENT_LOOP_DELAY && (!isSlow() || registry.users() < requests)) return;
      if (performance.now() - warned > warnEvery) {
        warned = performance.now();
        request.log.warn({ measure: type, value: Math.round(Number(value)) }, 'more than this process can do, requests are turned away');
      }
      throw new GatewayError('overloaded');
    },
  });
}
