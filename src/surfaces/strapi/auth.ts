/** /auth: signing in, registering, passwords (strapi-rest §12). Tokens are those of every surface. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { changePassword } from '../../auth/change-password.ts';
import { requestResetIfMailed, resetPassword } from '../../auth/reset.ts';
import { signIn } from '../../auth/sign-in.ts';
import { userByEmail, userById } from '../../auth/users.ts';
import type { Transaction } from '../../dialect/types.ts';
import { systemRows } from '../../engine/system-read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type JsonObject, jsonTextOf } from '../../lib/json-body.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { answerOnce, sendAnswer, unknownCaller } from '../idempotency.ts';
import { answerOf, invalid, sessionAnswer, signInRefusals, textIn, tokenGiven, translated } from './auth-common.ts';
import { objectOf } from './body.ts';
import { confirmationRoutes } from './confirmation.ts';
import { api } from './content.ts';
import { onlyMethods } from './only-methods.ts';
import { providerRoutes } from './providers.ts';
import { register } from './register.ts';
import { callerOf } from './request.ts';
import { userObject, usersCollection } from './user-object.ts';

/** The address of a user who may be named by another column (§12). */
async function addressOf({ project }: FastifyRequest, identifier: string): Promise<string> {
  const { connection, limits, sealer, schemas, rules } = project;
  const schema = schemas.current;
  if (identifier.includes('@') || !schema.collections.get(usersCollection)?.fields.has('username')) return identifier;
  const where = { is: 'compare', path: ['username'], operator: 'eq', value: identifier, strict: true } as const;
  const context = { connection, limits, sealer, schema, rules: rules.current };
  const [user] = await systemRows(context, usersCollection, { where, fields: ['email'], limit: 1 });
  return String(user?.['email'] ?? identifier);
}

function otpIn(body: JsonObject): { otp?: string } {
  const { otp } = body;
  return typeof otp === 'string' && otp !== '' ? { otp } : {};
}

async function local(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = objectOf(request);
  const [identifier, password] = [textIn(body, 'identifier'), textIn(body, 'password')];
  const email = await addressOf(request, identifier);
  const user = await translated(() => signIn(request, { email, password, ...otpIn(body) }), signInRefusals);
  return sendAnswer(reply, await sessionAnswer(request, user));
}

/** Known and unknown addresses are answered alike (S-175). */
async function forgotPassword(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = objectOf(request);
  const email = textIn(body, 'email');
  return answerOnce(request, reply, unknownCaller(request), jsonTextOf(body), async () => {
    requestResetIfMailed(request, email, body['url']);
    return answerOf({ ok: true });
  });
}

function newPassword(body: JsonObject): string {
  const password = textIn(body, 'password');
  if (password !== textIn(body, 'passwordConfirmation')) throw invalid('Passwords do not match', 'passwordConfirmation');
  return password;
}

const badCode = (): GatewayError => invalid('Incorrect code provided', 'code');

async function reset(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { project } = request;
  const body = objectOf(request);
  const code = textIn(body, 'code');
  const password = newPassword(body);
  return answerOnce(request, reply, unknownCaller(request), jsonTextOf(body), async (keep) => {
    const done = keep && ((transaction: Transaction) => keep(transaction, tokenGiven));
    const { id } = await translated(() => resetPassword(request, code, password, done), {
      ...signInRefusals,
      invalid_token: badCode,
      invalid_reset_token: badCode,
      expired_reset_token: badCode,
      user_not_found: badCode,
    });
    const user = await userById(project.connection, project.schemas.current, id);
    if (!user) throw badCode();
    // A link by mail is no second factor.
    return user.twoFactorSecret ? answerOf({ user: userObject(user) }) : sessionAnswer(request, user);
  });
}

async function change(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const context = await callerOf(request);
  const { actor, connection, schema } = context;
  if (actor.is !== 'user') throw new GatewayError('not_signed_in');
  const body = objectOf(request);
  const current = textIn(body, 'currentPassword');
  const password = newPassword(body);
  const known = await userById(connection, schema, actor.id);
  const email = String(known?.row['email'] ?? '');
  return answerOnce(request, reply, context, jsonTextOf(body), async (keep) => {
    const user = await translated(() => signIn(request, { email, password: current, ...otpIn(body) }), {
      ...signInRefusals,
      invalid_credentials: () => invalid('The provided current password is invalid', 'currentPassword'),
    });
    await changePassword(request, user, password, keep && ((transaction) => keep(transaction, tokenGiven)));
    return sessionAnswer(request, (await userByEmail(connection, schema, email)) ?? user);
  });
}

/** Signing in, registering, and passwords by mail and by the old one; `hooks` see the account that registering makes. */
export const authRoutes: FastifyPluginAsync<{ readonly hooks: SurfaceHooks }> = async (app, { hooks }) => {
  for (const name of ['local', 'forgot-password', 'reset-password', 'change-password', 'send-email-confirmation']) {
    onlyMethods(app, `${api}/auth/${name}`, ['POST']);
  }
  onlyMethods(app, `${api}/auth/email-confirmation`, ['GET']);
  onlyMethods(app, `${api}/connect/:provider`, ['GET']);
  app.post(`${api}/auth/local`, local);
  app.post(`${api}/auth/local/register`, (request, reply) => register(request, reply, hooks));
  confirmationRoutes(app);
  app.post(`${api}/auth/forgot-password`, forgotPassword);
  app.post(`${api}/auth/reset-password`, reset);
  app.post(`${api}/auth/change-password`, change);
  providerRoutes(app);
};
