/** Finds the project that a URL names, before any body is read, and holds it until the answer is sent. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import type { Registry } from '../projects/registry.ts';
import '../surfaces/types.ts';

/** First segments that never name a project in a URL (directus8-system §1.1). */
const outside: ReadonlySet<string> = new Set(['', 'server', 'interfaces', 'layouts', 'modules', 'types', 'projects']);

/** The path of a request without its query. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

function firstSegment(url: string): string {
  const segment = pathOf(url).split('/', 2)[1] ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new GatewayError('bad_request', { message: 'The URL holds an invalid percent encoding' });
  }
}

/** A reserved word met a route of projects, or none: `/server/nope` does not exist, the rest needs a project (§1.1). */
function refuseOutside(segment: string, request: FastifyRequest): void {
  const ours = !request.is404 && !request.routeOptions.url?.startsWith('/:');
  if (ours) return;
  throw new GatewayError(segment === 'server' || segment === '' ? 'route_not_found' : 'unauthorized');
}

/** Adds `request.project` and `request.lease` (surfaces/types.ts). */
export function registerProjectHook(app: FastifyInstance, registry: Registry): void {
  app.decorateRequest('lease', null);
  app.decorateRequest('project', {
    getter() {
      if (!this.lease) throw new GatewayError('unauthorized');
      return this.lease.project;
    },
  });

  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    if (/%00/.test(request.url)) throw new GatewayError('bad_request', { message: 'The URL holds a null byte' });
    const segment = firstSegment(request.url);
    if (outside.has(segment)) return refuseOutside(segment, request);

    // `close` comes after every answer and after every broken connection, also when that breaks before the lease is there.
    let over = false;
    reply.raw.once('close', () => {
      over = true;
      request.lease?.release();
    });
    request.lease = await registry.lease(segment);
    if (over) request.lease.release();
    const fresh = request.lease.project.checkFresh();
    if (fresh) await fresh;
  });
}
