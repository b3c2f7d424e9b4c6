/** The session cookie: its name, its form, and from which pages it counts (directus8-system §3.3). */
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';
import { originOf } from '../config/cors-schema.ts';
import { GatewayError } from '../lib/errors.ts';
import type { EffectiveAuth } from './settings.ts';

export interface SessionCookie {
  readonly value: string;
  readonly expires: Date;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The cookie that the answer is to carry; null for none. */
    sessionCookie: SessionCookie | null;
  }
}

function cookieName(project: string): string {
  return `directus-${project}-session`;
}

/** What the request's session cookie holds. */
export function cookieOf(request: FastifyRequest, project: string): string | undefined {
  const header = request.headers.cookie;
  const name = cookieName(project);
  // Most requests carry none.
  if (header === undefined || !header.includes(name)) return undefined;
  return parseCookie(header)[name];
}

/** The header that hands the session over. Behind TLS the cookie never travels without. */
export function setCookie(request: FastifyRequest, project: string, { sameSite }: EffectiveAuth, cookie: SessionCookie): string {
  return stringifySetCookie({
    name: cookieName(project),
    value: cookie.value,
    path: '/',
    expires: cookie.expires,
    httpOnly: true,
    sameSite,
    secure: request.protocol === 'https',
  });
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether the page that sent the request may use cookies: one of this host, or of the project's list. What is no browser says nothing of
 * where it comes from.
 */
export function isOwnPage(request: FastifyRequest, origins: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin === undefined) return site === undefined || site === 'same-origin' || site === 'none';
  const named = originOf(origin);
  if (named === undefined) return false;
  return new URL(named).host === request.host.toLowerCase() || origins.some((allowed) => originOf(allowed) === named);
}

/** Throws `forbidden` for a change that the page of somebody else asks for. */
export function refuseForeignPage(request: FastifyRequest, { origins }: EffectiveAuth): void {
  if (safe.has(request.method) || isOwnPage(request, origins)) return;
  throw new GatewayError('forbidden', {
    message: 'A page of another origin may not use the session cookie; add its origin to auth.origins in the project file',
  });
}
