/** Where a request carries its credential, and the claims of our own JSON web tokens (directus8-system §1.2, §3.1). */
import type { FastifyRequest } from 'fastify';
import { bearerOf } from '../lib/bearer.ts';
import { cookieOf } from './cookies.ts';

export interface AuthClaims {
  id: number | string;
  type: 'auth';
  /** The session (sessions.ts); absent in tokens of Directus 8. */
  sid?: string;
  needs2FA?: boolean;
  /** Minutes. */
  ttl: number;
  key: string;
  project: string;
}

function fromBasic(header: string): string | undefined {
  const [user = '', password = ''] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':');
  return user !== '' && (password === '' || password === user) ? user : undefined;
}

export interface Credential {
  readonly is: 'bearer' | 'cookie';
  readonly token: string;
}

/** The first credential found: `access_token` of body or query, Basic user name, Bearer, cookie. Undefined when there is none. */
export function credentialOf(request: FastifyRequest, queryToken: string | undefined, project: string): Credential | undefined {
  const bearer = givenToken(request, queryToken);
  if (bearer !== undefined) return { is: 'bearer', token: bearer };
  const cookie = cookieOf(request, project);
  return cookie === undefined ? undefined : { is: 'cookie', token: cookie };
}

function givenToken(request: FastifyRequest, queryToken: string | undefined): string | undefined {
  const body = request.body;
  if (body !== null && typeof body === 'object' && 'access_token' in body && typeof body.access_token === 'string')
    return body.access_token;
  if (queryToken !== undefined && queryToken !== '') return queryToken;
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  if (/^basic /i.test(header)) return fromBasic(header);
  return bearerOf(request.headers);
}

/** Three parts whose header names the type JWT; anything else is a static token. */
export function looksLikeJwt(token: string): boolean {
  const parts = token.split('.');
  if (parts.length !== 3) return false;
  try {
    const header: unknown = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString('utf8'));
    return header !== null && typeof header === 'object' && 'typ' in header && header.typ === 'JWT';
  } catch {
    return false;
  }
}
