/** Who a request comes from. A bad credential is never an error by itself: the request goes on as public (directus8-system §1.2). */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { administratorRole, publicRole } from '../access/compile-rules.ts';
import type { Actor, Rules } from '../access/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import type { Schema } from '../schema/types.ts';
import { refuseForeignPage } from './cookies.ts';
import { type CachedCredential, credentialCacheOf, type Proof, type UserIdentity } from './credential-cache.ts';
import { extendSession, partsOf, type SessionRow, secretHash, sessionById } from './sessions.ts';
import { authSettingsOf, cookieMinutes } from './settings.ts';
import { claimsOf } from './signed.ts';
import { type AuthClaims, type Credential, credentialOf, looksLikeJwt } from './tokens.ts';
import { type Held, type UserRow, userById, userByToken } from './users.ts';

/** The schema and rules a request runs under from start to end. */
export interface RequestState {
  readonly schema: Schema;
  readonly rules: Rules;
}

/** Who a credential names. The user may be of any status. */
export async function knownBy(
  request: FastifyRequest,
  project: Project,
  state: RequestState,
  { is, token }: Credential,
): Promise<Known | undefined> {
  const { connection } = project;
  if (is === 'cookie') return bySession(request, project, state, { sid: token, cookie: true });
  if (!looksLikeJwt(token)) {
    const user = await userByToken(connection, state.schema, token);
    return user && { user, held: { by: 'token', token }, until: Number.POSITIVE_INFINITY, cookie: null };
  }
  const claims = verified(request, project, token);
  if (typeof claims === 'string') return undefined;
  if (claims.sid !== undefined) return bySession(request, project, state, { ...claims, sid: claims.sid, cookie: false });
  const user = await userById(connection, state.schema, String(claims.id));
  return user && { user, held: { by: 'signature' }, until: Number.POSITIVE_INFINITY, cookie: null };
}

/** What a credential stands for. */
export interface Known extends CachedCredential {
  /** Where there is one. */
  readonly session?: SessionRow;
}

/** Cookies are moved on when a twentieth of their life has gone, at least. */
const share = 20;

async function bySession(
  request: FastifyRequest,
  project: Project,
  { schema, rules }: RequestState,
  { sid, cookie, id }: { readonly sid: string; readonly cookie: boolean; readonly id?: string | number },
): Promise<Known | undefined> {
  const { connection } = project;
  const parts = partsOf(sid);
  const session = parts && (await sessionById(connection, schema, parts.id));
  if (!parts || !session || session.type !== (cookie ? 'cookie' : 'jwt')) return undefined;
  if (id !== undefined && String(id) !== session.user) return undefined;
  const user = await userById(connection, schema, session.user);
  if (!user || !isEqual(secretHash(parts.secret, user.password), session.token)) return undefined;
  const held: Held = { by: 'session', session: { id: session.id, user: user.id, token: session.token }, password: user.password };
  const known = { user, held, session };
  if (!cookie) return { ...known, until: Number.POSITIVE_INFINITY, cookie: null };
  const expires = await movedOn(project, { schema, rules }, session);
  request.sessionCookie = { value: sid, expires };
  const until = Math.min(Date.now() + lifeOf(rules) / share, expires.getTime());
  return { ...known, until, cookie: request.sessionCookie };
}

const lifeOf = (rules: Rules): number => cookieMinutes(rules) * 60_000;

/** When a session ends that is in use now; at the latest so many days after it was begun. */
async function movedOn(project: Project, { schema, rules }: RequestState, session: SessionRow): Promise<Date> {
  const end = session.created.getTime() + authSettingsOf(project.config.auth).sessionDays * 86_400_000;
  const wanted = Math.min(Date.now() + lifeOf(rules), end);
  if (wanted - session.expires.getTime() < lifeOf(rules) / share / 2) return session.expires;
  await extendSession(project.connection, schema, session.id, new Date(wanted));
  return new Date(wanted);
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** The claims of a token that this project signed for signing in; else what is wrong with it. */
export function verified(request: FastifyRequest, project: Project, token: string): AuthClaims | 'invalid' | 'expired' {
  const claims = claimsOf<Partial<AuthClaims>>(request, project, token);
  if (typeof claims === 'string') return claims;
  return claims.type === 'auth' && claims.id !== undefined ? (claims as AuthClaims) : 'invalid';
}

/** An actor, and how sure that is. */
export interface Identified {
  readonly actor: Actor;
  /** What the database says as long as this is still who the credential names; absent where there is nothing to prove. */
  readonly proof?: Proof;
}

/** What the request says of who sends it. Throws `forbidden` where a page of somebody else sends the cookie along. */
export function presented(request: FastifyRequest, project: Project, queryToken: string | undefined): Credential | undefined {
  const credential = credentialOf(request, queryToken, project.key);
  if (credential?.is === 'cookie') refuseForeignPage(request, authSettingsOf(project.config.auth));
  return credential;
}

/** The actor of a request, at the price of a statement or two when it carries a credential. Throws `ip_denied` (directus8-data §10.9). */
export async function identify(
  request: FastifyRequest,
  project: Project,
  state: RequestState,
  queryToken: string | undefined,
): Promise<Actor> {
  const credential = presented(request, project, queryToken);
  if (credential === undefined) return admitted(undefined, state.rules, request.ip);
  const memory = credentialCacheOf(project);
  const known = await knownBy(request, project, state, credential);
  const actor = admitted(known?.user, state.rules, request.ip);
  if (known === undefined || actor.is !== 'user') memory.forget(credential);
  else memory.remember(credential, known);
  return actor;
}

/**
 * The active user of a request's credential, even where the role demands a second factor that there is not. Throws `ip_denied`.
 */
export async function signedIn(
  request: FastifyRequest,
  project: Project,
  state: RequestState,
  queryToken: string | undefined,
): Promise<UserRow | undefined> {
  const credential = presented(request, project, queryToken);
  const user = credential && (await knownBy(request, project, state, credential))?.user;
  if (user?.status !== 'active' || user.role === '') return undefined;
  const { id, role } = user;
  if (isFencedOut({ is: 'user', id, role, admin: false, ip: request.ip }, state.rules, request.ip)) throw new GatewayError('ip_denied');
  return user;
}

/**
 * The actor as the same credential was last identified, without asking the database: whoever uses it lets the database prove it in the
 * statement that he is about to run, and identifies anew when the proof fails. Undefined for a credential not seen lately.
 */
export function recall(
  request: FastifyRequest,
  project: Project,
  state: RequestState,
  queryToken: string | undefined,
): Identified | undefined {
  const credential = presented(request, project, queryToken);
  if (credential === undefined) return { actor: admitted(undefined, state.rules, request.ip) };
  const seen = credentialCacheOf(project).recall(credential);
  if (!seen) return undefined;
  const { is, token } = credential;
  if (is === 'bearer' && looksLikeJwt(token) && typeof verified(request, project, token) === 'string') return undefined;
  const actor = actorOf(seen.user, state.rules, request.ip);
  // Whom the role of that time keeps out may be in another one by now.
  if (actor.is !== 'user' || isFencedOut(actor, state.rules, request.ip)) return undefined;
  const proof = seen.proof(project.connection, state.schema);
  if (!proof) return undefined;
  request.sessionCookie = seen.cookie;
  return { actor, proof };
}

/** The actor, if that one may come from this address. */
export function admitted(user: UserIdentity | undefined, rules: Rules, ip: string): Actor {
  const actor = actorOf(user, rules, ip);
  if (isFencedOut(actor, rules, ip)) throw new GatewayError('ip_denied');
  return actor;
}

function isFencedOut(actor: Actor, rules: Rules, ip: string): boolean {
  const addresses = actor.is === 'system' ? undefined : rules.roles.get(actor.role)?.addresses;
  return addresses !== undefined && !addresses.open && !addresses.has(ip);
}

function actorOf(user: UserIdentity | undefined, rules: Rules, ip: string): Actor {
  const nobody: Actor = { is: 'public', role: publicRole, ip };
  if (user?.status !== 'active' || user.role === '') return nobody;
  if (rules.roles.get(user.role)?.enforceTwoFactor && !user.twoFactorSecret) return nobody;
  return { is: 'user', id: user.id, role: user.role, admin: user.role === administratorRole, ip };
}
