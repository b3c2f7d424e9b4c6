/** `X-HTTP-Method-Override`: lets a POST stand for a method that its sender cannot send (directus8-data §1.3). */
import type { IncomingMessage } from 'node:http';
import { isPayloadPath } from '../surfaces/payload/errors.ts';

const allowed: ReadonlySet<string> = new Set(['GET', 'PATCH', 'PUT', 'DELETE']);

/** Changes the method before any route is looked up. Only a POST may stand for another, so that no link or image can. */
export function overrideMethod(request: IncomingMessage): void {
  // There a POST stands for a GET alone, and its body for the query (surfaces/payload/asking.ts).
  if (request.method !== 'POST' || isPayloadPath(request.url ?? '')) return;
  const header = request.headers['x-http-method-override'];
  const wanted = typeof header === 'string' ? header.trim().toUpperCase() : undefined;
  if (wanted !== undefined && allowed.has(wanted)) request.method = wanted;
}
