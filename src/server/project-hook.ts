/** Finds the project that a URL names, before any body is read, and holds it until the answer is sent. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { runAfterwards } from '../auth/after-answer.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Lease, Registry } from '../projects/registry.ts';
import { refuse } from '../query/limits.ts';
import { checkHost } from '../surfaces/origin.ts';
import type { LimitRate } from './operations/rate-limits.ts';
import '../surfaces/types.ts';

/** First segments that never name a project in a URL (directus8-system §1.1). */
const outside: ReadonlySet<string> = new Set(['', 'server', 'interfaces', 'layouts', 'modules', 'types', 'projects', 'metrics', 'admin']);

/** Of those, what is asked of a project that stands elsewhere. */
const listing: ReadonlySet<string> = new Set(['interfaces', 'layouts', 'modules', 'types']);

/** The project that the token was made for, or the query or a header names (directus8-system §1.1). Nothing of it is believed here. */
function namedProject(request: FastifyRequest): string {
  const token = /^bearer\s+[^.]*\.([^.]*)\.[^.]*$/i.exec(request.headers.authorization ?? '')?.[1];
  const query = new URLSearchParams(request.url.slice(pathOf(request.url).length)).get('project');
  const key = claimedProject(token) ?? query ?? request.headers['x-directus-project'];
  if (typeof key !== 'string' || key === '' || outside.has(key)) throw new GatewayError('unauthorized');
  return key;
}

function claimedProject(payload: string | undefined): string | undefined {
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const named = claims !== null && typeof claims === 'object' && 'project' in claims ? claims.project : undefined;
    return typeof named === 'string' ? named : undefined;
  } catch {
    return undefined;
  }
}

/** The path of a request without its query. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

function firstSegment(url: string): string {
  const segment = /^[^/?#]*\/?([^/?#]*)/.exec(url)?.[1] ?? '';
  try {
    return segment.includes('%') ? decodeURIComponent(segment) : segment;
  } catch {
    throw new GatewayError('bad_request', { message: 'The URL holds an invalid percent encoding' });
  }
}

/** The project of an address as Directus 8 has it for stored files: `/uploads/<project>/originals/<name>`. */
const ofUploads = (url: string): string => firstSegment(url.slice('/uploads'.length));
/** The key of the project that a URL names, whether there is such a project or not. */
export function keyIn(url: string): string | undefined {
  try {
    const segment = firstSegment(url);
    return outside.has(segment) ? undefined : segment;
  } catch {
    return undefined;
  }
}

function segmentOf(request: FastifyRequest): string {
  if (request.url.includes('%00')) throw new GatewayError('bad_request', { message: 'The URL holds a null byte' });
  return firstSegment(request.url);
}

/** A reserved word met a route of projects, or none: `/server/nope` does not exist, the rest needs a project (§1.1). */
function refuseOutside(segment: string, request: FastifyRequest): void {
  const ours = !request.is404 && !request.routeOptions.url?.startsWith('/:');
  if (ours) return;
  throw new GatewayError(segment === 'server' || segment === 'metrics' || segment === '' ? 'route_not_found' : 'unauthorized');
}

/** Adds `request.project` and `request.lease` (surfaces/types.ts). */
export function registerProjectHook(app: FastifyInstance, registry: Registry, limitRate: LimitRate): void {
  app.decorateRequest('lease', null);
  app.decorateRequest('afterwards', null);
  app.decorateRequest('project', {
    getter() {
      if (!this.lease) throw new GatewayError('unauthorized');
      return this.lease.project;
    },
  });

  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    try {
      const wait = leased(request, reply, registry, limitRate);
      if (wait) wait.then(() => done(), done);
      else done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** Leases the project. A promise only where there is something to wait for: almost every request goes straight on. */
function leased(request: FastifyRequest, reply: FastifyReply, registry: Registry, limitRate: LimitRate): Promise<void> | undefined {
  const segment = segmentOf(request);
  if (outside.has(segment)) {
    refuseOutside(segment, request);
    return listing.has(segment) ? lent(namedProject(request), request, reply, registry, limitRate) : undefined;
  }
  return lent(segment === 'uploads' ? ofUploads(request.url) : segment, request, reply, registry, limitRate);
}

function lent(
  key: string,
  request: FastifyRequest,
  reply: FastifyReply,
  registry: Registry,
  limitRate: LimitRate,
): Promise<void> | undefined {
  // `close` comes after every answer and after every broken connection, also when that breaks before the lease is there.
  let over = false;
  reply.raw.once('close', () => {
    over = true;
    if (request.afterwards) runAfterwards(request, reply.statusCode);
    else request.afterwards = 'over';
    request.lease?.release();
  });
  const held = (lease: Lease): Promise<void> | undefined => {
    request.lease = lease;
    if (over) lease.release();
    const { urlBytes } = lease.project.limits;
    if (request.url.length > urlBytes) refuse('bytes of a URL (urlBytes)', urlBytes);
    checkHost(request);
    if (lease.project.config.rateLimit) return limitRate(request, lease.project).then(() => lease.project.checkFresh());
    return lease.project.checkFresh();
  };
  const lease = registry.leaseOpen(key);
  return lease ? held(lease) : registry.lease(key).then(held);
}
