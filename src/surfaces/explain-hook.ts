/** `explain` on requests that are no reads of rows: refused by name, before anything is done. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import { asksToExplain } from './explain-answer.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Knows the parameter `explain`: it tells how a read is answered, or means something of its own. */
    readonly explains?: boolean;
  }
}

/** Routes whose reads can be explained. */
export const explainable = { config: { explains: true } };

/** Whether the query names the parameter with such a value. */
function isAsked({ url }: FastifyRequest): boolean {
  const at = url.indexOf('?');
  if (at === -1 || !url.includes('explain', at)) return false;
  // Of several the last one counts, as everywhere in a query.
  return asksToExplain(new URLSearchParams(url.slice(at + 1)).getAll('explain').at(-1));
}

/** Refuses, before any body is read, what would be answered as if nothing had been asked. */
export function registerExplainHook(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { explains = false } = request.routeOptions.config;
    if (!explains && !request.is404 && isAsked(request)) {
      throw new GatewayError('unprocessable', { message: 'explain: what this address does is no read of rows; nothing was done' });
    }
    done();
  });
}
