/** Requests that are to change nothing: dry runs, and those of who acts as another role. What could not keep to that refuses them. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import { refuseActing } from './acting.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Writes, and takes it back where the query says `dry_run=1`. */
    readonly dryRun?: boolean;
    /** Writes, though it is asked by GET. */
    readonly writesByGet?: boolean;
    /** Takes reads by POST. */
    readonly readsByPost?: boolean;
  }
}

/** Whether the value of `dry_run` asks for a dry run; what is not understood does. */
export function isDryRun(value: string | null | undefined): boolean {
  return value !== undefined && value !== null && !['', '0', 'false'].includes(value);
}

const listed = /[?&]dry_run(?:\[|%5b)/i;

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether the request's query asks for a dry run. */
export function asksForDryRun({ url }: Pick<FastifyRequest, 'url'>): boolean {
  const at = url.indexOf('?');
  if (at === -1) return false;
  // Of several the last one counts, as everywhere in a query; a list of them is not understood.
  return isDryRun(new URLSearchParams(url.slice(at + 1)).getAll('dry_run').at(-1)) || listed.test(url);
}

/** Options of a route whose writes have a dry run. */
export const dryRunnable = { config: { dryRun: true } } as const;

/** Throws `unprocessable` where a dry run is asked of what has none. */
export function refuseDryRun(request: Pick<FastifyRequest, 'url' | 'method'>): void {
  if (!reading.has(request.method) && asksForDryRun(request)) throw noDryRun();
}

function noDryRun(): GatewayError {
  return new GatewayError('unprocessable', { message: 'dry_run: this address has no dry run; nothing was done' });
}

/** Refuses, before any body is read, what would write all the same. */
export function registerDryRunHook(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.is404) return done();
    const { dryRun = false, readsByPost = false, writesByGet = false } = request.routeOptions.config;
    const wantsDryRun = asksForDryRun(request);
    if (writesByGet && wantsDryRun) throw noDryRun();
    if (reading.has(request.method)) return done();
    if (!dryRun) refuseDryRun(request);
    if (!readsByPost && !(wantsDryRun && dryRun)) refuseActing(request);
    done();
  });
}
