/** Where a request carries its token (payload-rest §12): the header, as `JWT`, `Bearer` or API key, then the cookie. */
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';
import { isOwnPage } from '../../auth/cookies.ts';
import { authSettingsOf } from '../../auth/settings.ts';

const cookieName = 'payload-token';

/** The token that the request presents; undefined for none, and where a page of somebody else sends the cookie along. */
export function tokenOf(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization ?? '';
  const given = /^(?:JWT|Bearer|users API-Key)\s+(\S+)\s*$/i.exec(header)?.[1];
  if (given !== undefined) return given;
  const { cookie } = request.headers;
  if (cookie === undefined || !cookie.includes(cookieName)) return undefined;
  const value = parseCookie(cookie)[cookieName];
  return value !== undefined && value !== '' && mayUseCookie(request) ? value : undefined;
}

/** What only reads may be a link on the page of somebody else; a change that one asks for is by nobody, however it is sent. */
function mayUseCookie(request: FastifyRequest): boolean {
  if (request.headers.origin === undefined && (request.method === 'GET' || request.method === 'HEAD')) return true;
  return mayHoldCookie(request);
}

/** Whether the page that asks may be given the cookie: who signs others in under a name of his own choice may not. */
export function mayHoldCookie(request: FastifyRequest): boolean {
  return isOwnPage(request, authSettingsOf(request.project.config.auth).origins);
}

/** The header that hands the token over, or takes it back where it is empty. It travels to this surface of the project alone. */
export function tokenCookie(request: FastifyRequest, value: string, expires: Date): string {
  return stringifySetCookie({
    name: cookieName,
    value,
    path: `/${request.project.key}/payload`,
    expires,
    httpOnly: true,
    sameSite: authSettingsOf(request.project.config.auth).sameSite,
    secure: request.protocol === 'https',
  });
}
