/** /auth/send-email-confirmation and /auth/email-confirmation: an address is confirmed by a link in a mail (strapi-rest S-178). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { confirmAddress, requestConfirmation } from '../../auth/confirm.ts';
import { jsonTextOf } from '../../lib/json-body.ts';
import { answerOnce, unknownCaller } from '../idempotency.ts';
import { answerOf, invalid, textIn, translated, withoutMail } from './auth-common.ts';
import { objectOf } from './body.ts';
import { queryOf } from './request.ts';

/** Makes the link of a token. */
export function confirmationLink(project: string): (token: string, publicUrl: string) => string {
  const path = `${encodeURIComponent(project)}/strapi/api/auth/email-confirmation`;
  return (token, publicUrl) => `${publicUrl}/${path}?confirmation=${encodeURIComponent(token)}`;
}

/** Known and unknown addresses are answered alike. */
async function send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = objectOf(request);
  const email = textIn(body, 'email');
  return answerOnce(request, reply, unknownCaller(request), jsonTextOf(body), async () => {
    await translated(async () => requestConfirmation(request, email, confirmationLink(request.project.key)), withoutMail);
    return answerOf({ email, sent: true });
  });
}

/** To the page of the setting, else to where links in mails lead. */
async function confirm(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { strapi, mail } = request.project.config;
  const { confirmation } = queryOf(request);
  const bad = () => invalid('Invalid token', 'confirmation');
  if (typeof confirmation !== 'string' || confirmation === '') throw bad();
  await translated(() => confirmAddress(request, confirmation), { expired_token: bad, invalid_token: bad, user_not_found: bad });
  return reply.redirect(strapi?.confirmedUrl ?? mail?.publicUrl ?? '/', 302);
}

/** Registers both routes. */
export function confirmationRoutes(app: FastifyInstance): void {
  app.post('/:project/strapi/api/auth/send-email-confirmation', send);
  // What only asks for headers confirms nothing.
  app.get('/:project/strapi/api/auth/email-confirmation', { exposeHeadRoute: false, config: { writesByGet: true } }, confirm);
}
