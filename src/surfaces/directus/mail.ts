/** POST /:project/mail: mail of callers, from the project's sender (directus8-system §18). */
import type { FastifyPluginAsync } from 'fastify';
import { userById } from '../../auth/users.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, jsonTextOf, numberText } from '../../lib/json-body.ts';
import { takeMails } from '../../mail/allowance.ts';
import { letterOf } from '../../mail/letter.ts';
import { type Address, demandMail, type Mail, sendMail } from '../../mail/mailer.ts';
import { answerOnce } from '../idempotency.ts';
import { type Body, bodyOf, isAddress, textsIn } from './auth-body.ts';
import { contextOf, type DirectusContext } from './context.ts';

const mostRecipients = 100;

const invalid = (name: string): GatewayError => new GatewayError('validation', { message: `${name}: This value is not valid.` });

async function addressOfUser({ connection, schema }: DirectusContext, id: string): Promise<string> {
  const user = await userById(connection, schema, id);
  const email = user?.status === 'active' ? user.row['email'] : undefined;
  if (typeof email === 'string' && isAddress(email)) return email;
  throw new GatewayError('unprocessable', { message: `to: there is no active user ${id}` });
}

async function recipient(context: DirectusContext, given: Json): Promise<string | Address> {
  const id = numberText(given) ?? (typeof given === 'string' && /^\d+$/.test(given) ? given : undefined);
  if (id !== undefined) return addressOfUser(context, id);
  if (typeof given === 'string' && isAddress(given)) return given;
  if (isJsonObject(given)) {
    const { name, email } = given;
    if (typeof email === 'string' && isAddress(email)) return { address: email, name: typeof name === 'string' ? name : '' };
  }
  throw invalid('to');
}

async function recipients(context: DirectusContext, { to }: Body): Promise<(string | Address)[]> {
  const list = to === undefined || to === null || to === '' ? [] : isJsonList(to) ? to : [to];
  if (list.length === 0) {
    throw new GatewayError('validation', { message: 'to: This value should not be blank.' });
  }
  if (list.length > mostRecipients)
    throw new GatewayError('limit_exceeded', { message: `A mail has at most ${mostRecipients} recipients` });
  return Promise.all(list.map((one) => recipient(context, one)));
}

/** Mail goes out in the project's name: administrators send it, and roles of the project file. Throws. */
function demandSender({ actor, project }: DirectusContext): void {
  if (actor.is !== 'user') throw new GatewayError('not_authenticated');
  const allowed = actor.admin || project.config.mail?.roles?.some((role) => String(role) === actor.role);
  if (!allowed)
    throw new GatewayError('forbidden', { message: 'Mail is sent by administrators and by roles of mail.roles in the project file' });
}

async function mailOf(context: DirectusContext, body: Body): Promise<Mail> {
  const { subject = '', type = 'html', data = {} } = body;
  const { body: text } = textsIn(body, { body: 'text' }, 'validation');
  if (typeof subject !== 'string') throw invalid('subject');
  if (type !== 'html' && type !== 'plain') throw invalid('type');
  if (!isJsonObject(data)) throw invalid('data');
  const to = await recipients(context, body);
  const { actor } = context;
  const replyTo = actor.is === 'user' ? await addressOfUser(context, actor.id) : '';
  return { to, subject: subject.replace(/\s+/g, ' '), replyTo, ...(await letterOf(text, type, data)) };
}

/** The body is one letter. 204 once it was handed over; `mail_unavailable` where nobody takes it. */
export const mailRoute: FastifyPluginAsync = async (app) => {
  app.post('/:project/mail', async (request, reply) => {
    const context = await contextOf(request);
    const body = bodyOf(request);
    demandSender(context);
    const mail = await mailOf(context, body);
    const settings = demandMail(context.project.config);
    const { actor } = context;
    return answerOnce(request, reply, context, jsonTextOf(body), async () => {
      takeMails(settings, { what: 'letters', account: actor.is === 'user' ? actor.id : '', address: request.ip, mails: mail.to.length });
      await sendMail(settings, mail);
      return { status: 204 };
    });
  });
};
