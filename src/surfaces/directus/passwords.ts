/** /:project/auth/password and /:project/users/invite: passwords and users by mail (directus8-system §3.8, §4.4, §4.5). */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { acceptInvitation, invite, isInvitation } from '../../auth/invite.ts';
import { checkPage } from '../../auth/links.ts';
import { requestReset, resetPassword } from '../../auth/reset.ts';
import type { UserRow } from '../../auth/users.ts';
import type { Transaction } from '../../dialect/types.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, jsonTextOf, numberText } from '../../lib/json-body.ts';
import { demandMail } from '../../mail/mailer.ts';
import { answerOnce, unknownCaller } from '../idempotency.ts';
import { publicAnswer, userObject } from './auth.ts';
import { type Body, bodyOf, isAddress, textsIn } from './auth-body.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { readAnswer, sendRead } from './read.ts';
import type { Wanted } from './requested-read.ts';

const mostInvitations = 100;

function addressesIn(body: Body): string[] {
  const { email } = body;
  const list = email !== undefined && isJsonList(email) ? [...new Set(email)] : [textsIn(body, { email: 'address' }, 'validation').email];
  const addresses = list.filter((one): one is string => typeof one === 'string' && isAddress(one));
  if (list.length === 0) throw new GatewayError('validation', { message: 'email: This value should not be blank.' });
  if (addresses.length < list.length) throw new GatewayError('validation', { message: 'email: This value is not a valid email address.' });
  if (list.length > mostInvitations)
    throw new GatewayError('limit_exceeded', { message: `At most ${mostInvitations} are invited at once` });
  return addresses;
}

/** The role that the invited get; nobody is invited to be the public. */
function roleIn(body: Body, { rules }: DirectusContext): string | undefined {
  const { role } = body;
  if (role === undefined || role === null) return undefined;
  const id = typeof role === 'string' ? role : numberText(role);
  if (id !== undefined && id !== '2' && rules.roles.has(id)) return id;
  throw new GatewayError('validation', { message: 'role: This value is not valid.' });
}

async function sendInvitations(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = bodyOf(request);
  const context = await contextOf(request);
  const { actor } = context;
  if (actor.is !== 'user' || !actor.admin) throw new GatewayError('forbidden', { message: 'Users are invited by administrators' });
  const addresses = addressesIn(body);
  const role = roleIn(body, context);
  const mail = demandMail(request.project.config);
  const page = checkPage(mail, body['invite_url'], 'invite_url');
  const invited = async (): Promise<Wanted> => {
    const ids: string[] = [];
    for (const email of addresses) ids.push((await invite(request, mail, { email, role, sender: actor.id, page })).id);
    const of = ids.map((value) => ({ is: 'compare' as const, path: ['id'], operator: 'eq', value }));
    return { collection: 'directus_users', within: () => ({ is: 'any', of }) };
  };
  if (request.headers['idempotency-key'] === undefined) return sendRead(request, reply, await invited());
  return answerOnce(request, reply, context, jsonTextOf(body), async () => readAnswer(request, context, await invited()));
}

async function accept(request: FastifyRequest<{ Params: { token: string } }>, reply: FastifyReply): Promise<FastifyReply> {
  const body = request.body === undefined || request.body === null ? {} : bodyOf(request);
  const password = 'password' in body ? textsIn(body, { password: 'text' }, 'validation').password : undefined;
  const answered = (user: UserRow): KeptAnswer => publicAnswer({ data: userObject(user) });
  return answerOnce(request, reply, unknownCaller(request), jsonTextOf(body), async (keep) =>
    answered(await acceptInvitation(request, request.params.token, password, keep && ((within, user) => keep(within, answered(user))))),
  );
}

/** The page behind both kinds of links is the same one. */
async function reset(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = bodyOf(request);
  const { token, password } = textsIn(body, { token: 'text', password: 'text' }, 'validation');
  return answerOnce(request, reply, unknownCaller(request), jsonTextOf(body), async (keep) => {
    const done = keep && ((transaction: Transaction) => keep(transaction, publicAnswer()));
    if (isInvitation(request, token)) await acceptInvitation(request, token, password, done);
    else await resetPassword(request, token, password, done);
    return publicAnswer();
  });
}

/** Asking for a link by mail and setting a password with it; inviting users, and accepting such an invitation. */
export const passwordRoutes: FastifyPluginAsync = async (app) => {
  app.post('/:project/auth/password/request', async (request, reply) => {
    const body = bodyOf(request);
    const { email } = textsIn(body, { email: 'address' }, 'validation');
    return answerOnce(request, reply, unknownCaller(request), jsonTextOf(body), async () => {
      requestReset(request, email, body['reset_url']);
      return publicAnswer();
    });
  });
  app.post('/:project/auth/password/reset', reset);
  app.post('/:project/users/invite', sendInvitations);
  app.post('/:project/users/invite/:token', accept);
  // What only asks for headers accepts nothing.
  app.get('/:project/users/invite/:token', { exposeHeadRoute: false, config: { writesByGet: true } }, accept);
};
