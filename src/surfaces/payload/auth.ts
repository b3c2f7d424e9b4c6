/** Operations on accounts: /users/login and its like (payload-rest §12). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endSessionsOf } from '../../auth/end-sessions.ts';
import { type Known, knownBy, presented } from '../../auth/identify.ts';
import { acceptInvitation, isInvitation } from '../../auth/invite.ts';
import { signInUnlocked, unlock } from '../../auth/locks.ts';
import { refreshed } from '../../auth/refresh.ts';
import { requestResetIfMailed, resetPassword } from '../../auth/reset.ts';
import { tokenFor } from '../../auth/sign-in.ts';
import { type UserRow, userByEmail, userById } from '../../auth/users.ts';
import type { Transaction } from '../../dialect/types.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { GatewayError } from '../../lib/errors.ts';
import { jsonTextOf } from '../../lib/json-body.ts';
import type { Collection } from '../../schema/types.ts';
import { refuseDryRun } from '../dry-run.ts';
import { answerOnce, unknownCaller } from '../idempotency.ts';
import { objectOf, textOfBody } from './body.ts';
import { callerOf } from './context.ts';
import { initialized, registerFirst } from './first-user.ts';
import { truthOf } from './parameters.ts';
import { jsonType, sendObject, sendText } from './respond.ts';
import type { Serving } from './serving.ts';
import { demand, expiryOf, handOver, refuse, textIn, usersTable, withUser } from './signed-in.ts';
import { usersSlug } from './slugs.ts';
import { tokenCookie, tokenOf } from './token.ts';
import { userText } from './user-document.ts';

const usersOf = ({ project }: FastifyRequest): Collection | undefined => project.schemas.current.collections.get(usersTable);

/** Who the request's token names, where that user may still sign in. */
async function known(request: FastifyRequest): Promise<Known | undefined> {
  const { project } = request;
  const credential = presented(request, project, tokenOf(request));
  const found =
    credential && (await knownBy(request, project, { schema: project.schemas.current, rules: project.rules.current }, credential));
  return found?.user.status === 'active' ? found : undefined;
}

async function login(serving: Serving): Promise<FastifyReply> {
  const { request } = serving.asking;
  const body = objectOf(request);
  demand(body, usersOf(request), ['email', 'password']);
  const email = textIn(body, 'email').trim();
  const otp = textIn(body, 'otp');
  const user = await signInUnlocked(request, { email, password: textIn(body, 'password'), ...(otp === '' ? {} : { otp }) }).catch(
    async (error: unknown) => {
      throw (await isUnverified(request, email, error)) ? new GatewayError('user_unverified') : error;
    },
  );
  const token = await tokenFor(request, user);
  handOver(serving, token);
  return sendText(serving.reply, withUser(await userText(request, user.id), { exp: expiryOf(token), token, message: 'Auth Passed' }));
}

/** Told to those alone who know the password. */
async function isUnverified({ project }: FastifyRequest, email: string, error: unknown): Promise<boolean> {
  if (!(error instanceof GatewayError) || error.kind !== 'user_inactive') return false;
  const user = await userByEmail(project.connection, project.schemas.current, email);
  return user?.status === 'draft' || user?.status === 'invited';
}

async function logout(serving: Serving): Promise<FastifyReply> {
  const { asking, reply } = serving;
  const { project } = asking.request;
  const found = await known(asking.request);
  if (!found) throw new GatewayError('bad_request', { message: 'No User' });
  const { session, user } = found;
  if (truthOf(asking.parameters().get('allSessions'))) await endSessionsOf(project, user.id);
  else if (session) await endSessionsOf(project, session.user, session.id);
  reply.header('set-cookie', tokenCookie(asking.request, '', new Date(0)));
  return sendObject(reply, { message: 'You have been logged out successfully.' });
}

const answerOf = (body: object): KeptAnswer => ({ status: 200, body: JSON.stringify(body), contentType: jsonType });

async function refresh(serving: Serving): Promise<FastifyReply> {
  const { request } = serving.asking;
  const given = tokenOf(request) ?? textIn(objectOf(request), 'token');
  if (given === '') throw refuse();
  const { token, user } = await refreshed(request, given).catch((error: unknown) => {
    throw error instanceof GatewayError && ['invalid_token', 'expired_token'].includes(error.kind) ? refuse() : error;
  });
  handOver(serving, token);
  const members = { exp: expiryOf(token), refreshedToken: token, message: 'Token refresh successful' };
  return sendText(serving.reply, withUser(await userText(request, user.id), members));
}

async function me({ asking, reply }: Serving): Promise<FastifyReply> {
  const { request } = asking;
  const { actor } = await callerOf(asking);
  if (actor.is !== 'user') return sendObject(reply, { user: null, collection: usersSlug, message: 'Account' });
  const token = tokenOf(request);
  const exp = token === undefined ? undefined : expiryOf(token);
  const members = {
    collection: usersSlug,
    ...(token === undefined ? {} : { token }),
    ...(exp === undefined ? {} : { exp }),
    message: 'Account',
  };
  return sendText(reply, withUser(await userText(request, actor.id, { _strategy: 'local-jwt' }), members));
}

/** By administrators alone: who may not change every user is told nothing of whether there is one. */
async function unlockUser({ asking, reply }: Serving): Promise<FastifyReply> {
  const { request } = asking;
  const body = objectOf(request);
  const email = textIn(body, 'email').trim();
  if (email === '') throw new GatewayError('bad_request', { message: 'Missing email.' });
  const context = await callerOf(asking);
  const { actor, connection, schema } = context;
  if (actor.is !== 'user' || !actor.admin || !(await userByEmail(connection, schema, email))) throw refuse();
  return answerOnce(request, reply, context, jsonTextOf(body), async () => {
    await unlock(request, email);
    return answerOf({ message: 'Success' });
  });
}

async function verify({ asking, reply }: Serving, token: string): Promise<FastifyReply> {
  const { request } = asking;
  const answer = answerOf({ message: 'Email verified successfully.' });
  return answerOnce(request, reply, unknownCaller(request), textOfBody(request), async (keep) => {
    const done = keep && ((transaction: Transaction) => keep(transaction, answer));
    await acceptInvitation(request, token, undefined, done).catch((error: unknown) => {
      if (!(error instanceof GatewayError) || !['invalid_token', 'expired_token', 'user_not_found'].includes(error.kind)) throw error;
      throw new GatewayError('forbidden', { message: 'Verification token is invalid.' });
    });
    return answer;
  });
}

async function forgotPassword({ asking, reply }: Serving): Promise<FastifyReply> {
  const { request } = asking;
  const body = objectOf(request);
  const email = textIn(body, 'email').trim();
  if (email === '') throw new GatewayError('bad_request', { message: 'Missing email.' });
  return answerOnce(request, reply, unknownCaller(request), jsonTextOf(body), async () => {
    requestResetIfMailed(request, email, undefined);
    return answerOf({ message: 'Success' });
  });
}

/** Whoever has a second factor signs in with it: a link by mail is not enough for a token. */
async function reset(serving: Serving): Promise<FastifyReply> {
  const { request } = serving.asking;
  const body = objectOf(request);
  const token = textIn(body, 'token');
  if (token === '') throw new GatewayError('invalid_reset_token');
  demand(body, usersOf(request), ['password']);
  const password = textIn(body, 'password');
  return answerOnce(request, serving.reply, unknownCaller(request), jsonTextOf(body), async (keep) => {
    const done = keep && ((transaction: Transaction) => keep(transaction, { status: 200, secret: true }));
    const changed: UserRow = isInvitation(request, token)
      ? await acceptInvitation(request, token, password, done)
      : await resetPassword(request, token, password, done);
    return signedInAfter(serving, changed);
  });
}

async function signedInAfter(serving: Serving, changed: UserRow): Promise<KeptAnswer> {
  const { request } = serving.asking;
  const { project } = request;
  const email = String(changed.row['email'] ?? '');
  if (email !== '') await unlock(request, email);
  const user = await userById(project.connection, project.schemas.current, changed.id);
  const made = user && !user.twoFactorSecret ? await tokenFor(request, user) : undefined;
  if (made !== undefined) handOver(serving, made);
  const members = { ...(made === undefined ? {} : { exp: expiryOf(made), token: made }), message: 'Password reset successfully.' };
  return { status: 200, body: withUser(await userText(request, changed.id), members), contentType: jsonType, secret: true };
}

type Operation = (serving: Serving) => Promise<FastifyReply>;

const operations: Readonly<Record<string, Operation>> = {
  'POST login': login,
  'POST logout': logout,
  'POST refresh-token': refresh,
  'POST unlock': unlockUser,
  'POST forgot-password': forgotPassword,
  'POST reset-password': reset,
  'GET me': me,
  'GET init': initialized,
  'POST first-register': registerFirst,
};

function operationNamed(method: string, [name = '', argument, ...more]: readonly string[]): Operation | undefined {
  if (more.length > 0) return undefined;
  if (argument !== undefined) return method === 'POST' && name === 'verify' ? (serving) => verify(serving, argument) : undefined;
  const asked = `${method} ${name}`;
  return Object.hasOwn(operations, asked) ? operations[asked] : undefined;
}

/** The operation that the segments behind `users` name; undefined where they name none. */
export function authOperation(serving: Serving, rest: readonly string[]): Promise<FastifyReply> | undefined {
  const operation = operationNamed(serving.asking.method, rest);
  if (operation) refuseDryRun(serving.asking.request);
  return operation?.(serving);
}
