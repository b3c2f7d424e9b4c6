/** Who a request comes from. A bad credential is never an error by itself: the request goes on as public (directus8-system §1.2). */
import type {} from '@fastify/jwt';
import type { FastifyRequest } from 'fastify';
import { administratorRole, publicRole } from '../access/compile-rules.ts';
import type { Actor, Rules } from '../access/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import type { Schema } from '../schema/types.ts';
import { type AuthClaims, credentialOf, looksLikeJwt } from './tokens.ts';
import { type UserRow, userById, userByToken } from './users.ts';

/** The schema and rules a request runs under from start to end. */
export interface RequestState {
  readonly schema: Schema;
  readonly rules: Rules;
}

async function userOf(request: FastifyRequest, project: Project, state: RequestState, token: string): Promise<UserRow | undefined> {
  if (!looksLikeJwt(token)) return userByToken(project.connection, state.schema, token);
  const claims = verified(request, project, token);
  return claims && userById(project.connection, state.schema, String(claims.id));
}

/** The claims of a token that this project signed for signing in; undefined for any other. */
export function verified(request: FastifyRequest, project: Project, token: string): AuthClaims | undefined {
  try {
    const claims = request.server.jwt.verify<Partial<AuthClaims>>(token, {
      key: project.config.secret,
      algorithms: ['HS256'],
      requiredClaims: ['exp'],
    });
    const own = claims.type === 'auth' && claims.project === project.key && claims.key === project.key && claims.id !== undefined;
    return own ? (claims as AuthClaims) : undefined;
  } catch {
    return undefined;
  }
}

/** The actor of a request, at the price of one statement when it carries a credential. Throws `ip_denied` (directus8-data §10.9). */
export async function identify(
  request: FastifyRequest,
  project: Project,
  state: RequestState,
  queryToken: string | undefined,
): Promise<Actor> {
  const token = credentialOf(request, queryToken);
  const user = token === undefined ? undefined : await userOf(request, project, state, token);
  const actor = actorOf(user, state.rules, request.ip);
  const addresses = actor.is === 'system' ? [] : (state.rules.roles.get(actor.role)?.addresses ?? []);
  if (addresses.length > 0 && !addresses.includes(request.ip)) throw new GatewayError('ip_denied');
  return actor;
}

function actorOf(user: UserRow | undefined, rules: Rules, ip: string): Actor {
  const nobody: Actor = { is: 'public', role: publicRole, ip };
  if (user?.status !== 'active' || user.role === '') return nobody;
  if (rules.roles.get(user.role)?.enforceTwoFactor && !user.twoFactorSecret) return nobody;
  return { is: 'user', id: user.id, role: user.role, admin: user.role === administratorRole, ip };
}
