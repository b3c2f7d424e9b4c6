/** POST and DELETE /:project/users/:id/activate_2fa: a second factor begins and ends (directus8-system §4.8). */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { signedIn } from '../../auth/identify.ts';
import { changeRecorded } from '../../auth/records.ts';
import { attemptsOf } from '../../auth/shared-attempts.ts';
import { demandOtp, isSecret } from '../../auth/two-factor.ts';
import { type UserRow, userById } from '../../auth/users.ts';
import type { Transaction } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { answerOnce } from '../idempotency.ts';
import { bodyText } from './answer-write.ts';
import { userObject } from './auth.ts';
import { bodyOf, otpIn, textsIn } from './auth-body.ts';
import { queryOf } from './context.ts';
import { rawQuery } from './parse.ts';
import { textOf } from './php-query.ts';
import { jsonType } from './respond.ts';

type Asked = FastifyRequest<{ Params: { id: string } }>;

interface People {
  readonly caller: UserRow;
  /** Whose factor it is. */
  readonly user: UserRow;
}

/** One's own, or that of anybody for an administrator. A role that demands a second factor does not keep out who has none yet. */
async function peopleOf(request: Asked): Promise<People> {
  const { project, params } = request;
  const { connection, schemas, rules } = project;
  const state = { schema: schemas.current, rules: rules.current };
  const caller = await signedIn(request, project, state, textOf(queryOf(rawQuery(request.url)), 'access_token'));
  if (!caller) throw new GatewayError('unauthorized');
  if (params.id === 'me' || params.id === caller.id) return { caller, user: caller };
  const lacking = rules.current.roles.get(caller.role)?.enforceTwoFactor && !caller.twoFactorSecret;
  if (caller.role !== '1' || lacking) throw new GatewayError('forbidden', { message: 'The second factor of others is for administrators' });
  const user = await userById(connection, state.schema, params.id);
  if (!user) throw new GatewayError('item_not_found', { id: params.id });
  return { caller, user };
}

/** One-time passwords are few: whoever tries them waits like whoever tries passwords. */
async function checkOtp(request: Asked, user: UserRow, secret: string, otp: string | undefined): Promise<void> {
  const attempts = attemptsOf(request.project);
  const account = `second factor ${user.id}`;
  await attempts.begin(account, request.ip);
  await demandOtp(request.project, user.id, secret, otp);
  await attempts.succeeded(account, request.ip);
}

/** `check` demands what it takes; it is not asked for again by who repeats the request. */
function changed(
  request: Asked,
  reply: FastifyReply,
  { caller, user }: People,
  secret: string | null,
  check: () => Promise<void>,
): Promise<FastifyReply> {
  const { project, ip } = request;
  const actor = { is: 'user', id: caller.id, role: caller.role, admin: false, ip } as const;
  return answerOnce(request, reply, { actor, project, limits: project.limits }, bodyText(request), async (keep) => {
    await check();
    const body = JSON.stringify({ data: userObject({ ...user, twoFactorSecret: secret }) });
    const answer = { status: 200, body, contentType: jsonType };
    const done = keep && ((transaction: Transaction) => keep(transaction, answer));
    await changeRecorded(request, { id: user.id, values: { '2fa_secret': secret }, by: caller, done });
    return answer;
  });
}

async function activate(request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const body = bodyOf(request);
  const given = otpIn(body);
  const { otp, '2fa_secret': secret } = textsIn(
    given === undefined ? body : { ...body, otp: given },
    { '2fa_secret': 'text', otp: 'text' },
    'validation',
  );
  const people = await peopleOf(request);
  if (!isSecret(secret)) throw new GatewayError('validation', { message: '2fa_secret: This value is not valid.' });
  return changed(request, reply, people, secret, async () => {
    if (people.user.twoFactorSecret) throw new GatewayError('unprocessable', { message: 'There is a second factor already; end it first' });
    await checkOtp(request, people.user, secret, otp);
  });
}

/** A session alone does not end one's own second factor: it takes a one-time password. */
async function end(request: Asked, reply: FastifyReply): Promise<FastifyReply> {
  const people = await peopleOf(request);
  const { user, caller } = people;
  return changed(request, reply, people, null, async () => {
    if (user.id !== caller.id || !user.twoFactorSecret) return;
    const given = request.body === undefined || request.body === null ? undefined : otpIn(bodyOf(request));
    await checkOtp(request, user, user.twoFactorSecret, given);
  });
}

/** Both are for the user of the path; the body holds a one-time password, without which administrators may end that of others. */
export const twoFactorRoutes: FastifyPluginAsync = async (app) => {
  app.post<{ Params: { id: string } }>('/:project/users/:id/activate_2fa', activate);
  app.delete<{ Params: { id: string } }>('/:project/users/:id/activate_2fa', end);
};
