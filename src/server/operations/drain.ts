/** How the server ends without failing a request: it is not ready any more, says so on every connection, and goes when all is answered. */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Log } from '../../lib/log.ts';
import type { Lifecycle } from './lifecycle.ts';

export interface DrainOptions {
  /** How long to serve on; unset: long enough for those who watch the readiness, and not at all where nobody does. */
  readonly seconds: number | undefined;
  readonly log: Log;
}

/** Seconds in which a load balancer that asks every second or two has noticed. */
export const usualDrainSeconds = 5;

/** Milliseconds between looks for connections on which nothing happens any more. */
const sweepEvery = 500;

/**
 * Resolves when every request is answered and the server is closed. Until then every answer asks for its connection to be closed, so
 * that what comes next goes to another instance.
 */
export async function drain(app: FastifyInstance, lifecycle: Lifecycle, { seconds, log }: DrainOptions): Promise<void> {
  const wait = seconds ?? (lifecycle.isWatched() ? usualDrainSeconds : 0);
  // Before Fastify's own listener, and registered only now: nothing is asked on the way of other requests.
  app.server.prependListener('request', (_request, response: ServerResponse) => void response.setHeader('connection', 'close'));
  lifecycle.drain();
  if (wait > 0) {
    log.info({ seconds: wait }, 'not ready any more, serving on');
    await new Promise((done) => setTimeout(done, wait * 1000));
  }
  // A request that was under way may leave its connection open.
  const sweep = setInterval(() => app.server.closeIdleConnections(), sweepEvery);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}
