/** /auth: signing in, registering, passwords (strapi-rest §12). Tokens are those of every surface. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { changePassword } from '../../auth/change-password.ts';
import { requestReset, resetPassword } from '../../auth/reset.ts';
import { authSettingsOf } from '../../auth/settings.ts';
import { attemptsFor } from '../../auth/shared-attempts.ts';
import { signIn, tokenFor } from '../../auth/sign-in.ts';
import { type UserRow, userByEmail, userById } from '../../auth/users.ts';
import { systemRows } from '../../engine/system-read.ts';
import { prepareWrite, type WriteContext, writing } from '../../engine/write.ts';
import { type ErrorName, GatewayError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json-body.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { writeContext } from '../write-context.ts';
import { objectOf } from './body.ts';
import { api } from './content.ts';
import { strapiNested } from './nested-syntax.ts';
import { jsonType } from './read.ts';
import { callerOf } from './request.ts';
import { usersCollection, userTold } from './user-object.ts';

function invalid(message: string, field?: string): GatewayError {
  return new GatewayError('validation', { message, ...(field === undefined ? {} : { field }) });
}

/** A refusal that is no fault of the values sent (S-192). */
function refused(message: string): GatewayError {
  return new GatewayError('validation', { message, strapi: 'ApplicationError' });
}

function textIn(body: JsonObject, name: string): string {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw invalid(`${name} is a required field`, name);
}

const wrong = (): GatewayError => invalid('Invalid identifier or password');

/** Refusals of a sign-in, as Strapi words them. */
const refusals: Partial<Record<ErrorName, () => GatewayError>> = {
  invalid_credentials: wrong,
  otp_missing: () => invalid('A one-time password is required', 'otp'),
  otp_wrong: () => invalid('The one-time password is wrong', 'otp'),
  user_suspended: () => refused('Your account has been blocked by an administrator'),
  user_inactive: () => refused('Your account email is not confirmed'),
};

async function translated<T>(run: () => Promise<T>, kinds: Partial<Record<ErrorName, () => GatewayError>>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw (error instanceof GatewayError && kinds[error.kind]?.()) || error;
  }
}

async function sendSession(request: FastifyRequest, reply: FastifyReply, user: UserRow): Promise<FastifyReply> {
  const jwt = await tokenFor(request, user);
  return reply.type(jsonType).send(JSON.stringify({ jwt, user: userTold(user) }));
}

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
  const user = await translated(() => signIn(request, { email, password, ...otpIn(body) }), refusals);
  return sendSession(request, reply, user);
}

/** What somebody who registers may say of himself. */
const registered = ['username', 'email', 'password', 'first_name', 'last_name'];

async function register(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const { project } = request;
  const role = project.config.strapi?.registerRole;
  const context = await callerOf(request);
  if (role === undefined || !context.rules.roles.has(String(role))) throw refused('Register action is currently disabled');
  const body = objectOf(request);
  const email = textIn(body, 'email');
  if (!/^[^@\s\p{Cc}<>,;"]+@[^@\s\p{Cc}<>,;"]+$/u.test(email) || email.length > 254) throw invalid('email must be a valid email', 'email');
  textIn(body, 'password');
  // Whether an address is taken is told here: it is asked as often as passwords are tried, and no more.
  await attemptsFor(project, 'registrations', authSettingsOf).begin(email.toLowerCase(), request.ip);
  const { fields } = context.schema.collections.get(usersCollection) ?? { fields: new Map() };
  const said = Object.entries(body).filter(([name]) => registered.includes(name) && fields.has(name));
  const item = { ...Object.fromEntries(said), status: 'active', role };
  // Nobody may make users by permission here: the setting answers for it.
  const actor = { is: 'system', reason: 'somebody registers' } as const;
  const within: WriteContext = { ...writeContext(request, context, strapiNested, hooks), actor };
  const key = await translated(
    async () => {
      const prepared = await prepareWrite(within, { is: 'create', collection: usersCollection, items: [item] }, {});
      return writing(within, async (session) => {
        const [row] = await session.write(prepared);
        return { plain: true, read: async () => row?.key ?? '' };
      });
    },
    { duplicate: () => refused('Email or Username are already taken') },
  );
  const user = await userById(project.connection, project.schemas.current, key);
  if (!user) throw new GatewayError('internal');
  return sendSession(request, reply, user);
}

/** Known and unknown addresses are answered alike (S-175). */
async function forgotPassword(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = objectOf(request);
  requestReset(request, textIn(body, 'email'), body['url']);
  return reply.type(jsonType).send('{"ok":true}');
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
  const { id } = await translated(() => resetPassword(request, code, password), {
    ...refusals,
    invalid_token: badCode,
    invalid_reset_token: badCode,
    expired_reset_token: badCode,
    user_not_found: badCode,
  });
  const user = await userById(project.connection, project.schemas.current, id);
  if (!user) throw badCode();
  // A link by mail is no second factor.
  if (user.twoFactorSecret) return reply.type(jsonType).send(JSON.stringify({ user: userTold(user) }));
  return sendSession(request, reply, user);
}

async function change(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { actor, connection, schema } = await callerOf(request);
  if (actor.is !== 'user') throw new GatewayError('not_signed_in');
  const body = objectOf(request);
  const current = textIn(body, 'currentPassword');
  const password = newPassword(body);
  const known = await userById(connection, schema, actor.id);
  const email = String(known?.row['email'] ?? '');
  const user = await translated(() => signIn(request, { email, password: current, ...otpIn(body) }), {
    ...refusals,
    invalid_credentials: () => invalid('The provided current password is invalid', 'currentPassword'),
  });
  await changePassword(request, user, password);
  return sendSession(request, reply, (await userByEmail(connection, schema, email)) ?? user);
}

const noProvider = async (): Promise<never> => {
  throw refused('This provider is disabled');
};

export const authRoutes: FastifyPluginAsync<{ readonly hooks: SurfaceHooks }> = async (app, { hooks }) => {
  app.post(`${api}/auth/local`, local);
  app.post(`${api}/auth/local/register`, (request, reply) => register(request, reply, hooks));
  app.post(`${api}/auth/forgot-password`, forgotPassword);
  app.post(`${api}/auth/reset-password`, reset);
  app.post(`${api}/auth/change-password`, change);
  app.get(`${api}/auth/:provider/callback`, noProvider);
  app.get(`${api}/connect/:provider`, noProvider);
};
