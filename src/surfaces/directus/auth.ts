/** /:project/auth: signing in and out, tokens anew, sessions (directus8-system §3). Every answer says `public`. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { cookieOf, refuseForeignPage } from '../../auth/cookies.ts';
import { endSessionsOf } from '../../auth/end-sessions.ts';
import { type Known, knownBy, presented } from '../../auth/identify.ts';
import { refreshed } from '../../auth/refresh.ts';
import { sessionsOf } from '../../auth/sessions.ts';
import { authSettingsOf } from '../../auth/settings.ts';
import { type Credentials, cookieFor, lacksSecondFactor, signIn, tokenFor } from '../../auth/sign-in.ts';
import type { UserRow } from '../../auth/users.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { GatewayError } from '../../lib/errors.ts';
import { answerOnce } from '../idempotency.ts';
import { signInColumns } from '../sign-in-columns.ts';
import { bodyText } from './answer-write.ts';
import { bodyOf, otpIn, textsIn } from './auth-body.ts';
import { contextOf, queryOf } from './context.ts';
import { rawQuery } from './parse.ts';
import { textOf } from './php-query.ts';
import { jsonType } from './respond.ts';

type Mode = 'jwt' | 'cookie';

function credentials(request: FastifyRequest): Credentials & { readonly mode: Mode } {
  const body = bodyOf(request);
  const texts = textsIn(body, { email: 'address', password: 'text' }, 'login_payload');
  const mode = body['mode'] ?? textOf(queryOf(rawQuery(request.url)), 'mode') ?? 'jwt';
  if (mode !== 'jwt' && mode !== 'cookie')
    throw new GatewayError('login_payload', { message: 'mode: This value should be jwt or cookie.' });
  const otp = otpIn(body);
  return { ...texts, mode, ...(otp === undefined ? {} : { otp }) };
}

/** A user as these routes tell of one. */
export function userObject({ id, role, row, twoFactorSecret }: UserRow): Record<string, unknown> {
  const columns = Object.fromEntries(signInColumns.filter((name) => name in row).map((name) => [name, row[name] ?? null]));
  const secrets = { '2fa_secret': twoFactorSecret === null ? null : '**********', password_reset_token: null };
  return { id: Number(id), role: role === '' ? null : Number(role), ...columns, ...secrets };
}

/** The answer of these routes, which the public gets like anybody. */
export function publicAnswer(content: Readonly<Record<string, unknown>> = {}): KeptAnswer & { readonly body: string } {
  return { status: 200, body: JSON.stringify({ ...content, public: true }), contentType: jsonType };
}

function sendPublic(reply: FastifyReply, content: Readonly<Record<string, unknown>> = {}): FastifyReply {
  return reply.type(jsonType).send(publicAnswer(content).body);
}

/** Who the request's credential names, as far as it is good. */
async function known(request: FastifyRequest): Promise<Known | undefined> {
  const { project } = request;
  const credential = presented(request, project, textOf(queryOf(rawQuery(request.url)), 'access_token'));
  return credential && knownBy(request, project, { schema: project.schemas.current, rules: project.rules.current }, credential);
}

async function authenticate(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { project } = request;
  const given = credentials(request);
  if (given.mode === 'cookie') refuseForeignPage(request, authSettingsOf(project.config.auth));
  const user = await signIn(request, given);
  const token = given.mode === 'jwt' ? { token: await tokenFor(request, user) } : {};
  if (given.mode === 'cookie') request.sessionCookie = await cookieFor(request, user);
  const missing = { error: { code: 113, message: '2FA enforced but not activated for user' } };
  return sendPublic(reply, { data: { ...token, user: userObject(user) }, ...(lacksSecondFactor(project, user) ? missing : {}) });
}

async function refresh(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { token } = textsIn(bodyOf(request), { token: 'text' }, 'validation');
  return sendPublic(reply, { data: { token: (await refreshed(request, token)).token } });
}

/** Ends the session of the credential that the request carries, and the cookie with it. */
async function logout(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { session } = (await known(request)) ?? {};
  if (session) await endSessionsOf(request.project, session.user, session.id);
  const cookie = cookieOf(request, request.project.key);
  request.sessionCookie = cookie === undefined ? null : { value: '', expires: new Date(0) };
  return sendPublic(reply);
}

/** Ends sessions of a user: by that user, or by an administrator. */
async function logoutOther(request: FastifyRequest<{ Params: { user: string; id?: string } }>, reply: FastifyReply): Promise<FastifyReply> {
  const { user, id } = request.params;
  const context = await contextOf(request);
  const { actor } = context;
  const allowed = actor.is === 'user' && (actor.admin || actor.id === user);
  if (!allowed) throw new GatewayError('forbidden', { message: 'The sessions of others are ended by administrators' });
  return answerOnce(request, reply, context, bodyText(request), async () => {
    if (/^\d{1,9}$/.test(user) && /^\d{1,18}$/.test(id ?? '0')) await endSessionsOf(request.project, user, id);
    return publicAnswer();
  });
}

/** Whether the credential would count elsewhere; where addresses are refused it would not. */
async function check(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const authenticated = await contextOf(request).then(
    ({ actor }) => actor.is === 'user',
    (error: unknown) => {
      if (error instanceof GatewayError && error.kind === 'ip_denied') return false;
      throw error;
    },
  );
  return sendPublic(reply, { data: { authenticated } });
}

async function sessions(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { actor, connection, schema } = await contextOf(request);
  if (actor.is !== 'user') return sendPublic(reply);
  return sendPublic(reply, { data: await sessionsOf(connection, schema, actor.id) });
}

/** Signing in, new tokens, signing out (oneself or, for administrators, others), checking a token, listing sessions. */
export const authRoutes: FastifyPluginAsync = async (app) => {
  app.post('/:project/auth/authenticate', authenticate);
  app.post('/:project/auth/refresh', refresh);
  app.post('/:project/auth/logout', logout);
  app.post('/:project/auth/logout/:user', logoutOther);
  app.post('/:project/auth/logout/:user/:id', logoutOther);
  app.get('/:project/auth/check', check);
  app.get('/:project/auth/sessions', sessions);
};
