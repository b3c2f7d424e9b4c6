/** Addresses that are confirmed by a link in a mail: who registers himself becomes active by it. */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../lib/errors.ts';
import { takeMails } from '../mail/allowance.ts';
import { demandMail, sendMail } from '../mail/mailer.ts';
import { rendered } from '../mail/templates.ts';
import { inBackground } from './background.ts';
import { changeRecorded } from './records.ts';
import { projectName } from './reset.ts';
import { claimsOf, signed } from './signed.ts';
import { type UserRow, userByEmail, userById } from './users.ts';

interface ConfirmationClaims {
  readonly type: string;
  readonly id: number;
  readonly email: string;
}

const confirmationMinutes = 24 * 60;

/**
 * Sends the link that `linkOf` makes of a token, where somebody of that address is invited and has not confirmed it. Whether there is shows
 * neither in the answer nor in its time.
 *
 * @throws GatewayError mail_unavailable, rate_limited
 */
export function requestConfirmation(request: FastifyRequest, email: string, linkOf: (token: string, publicUrl: string) => string): void {
  const { project } = request;
  const mail = demandMail(project.config);
  takeMails(mail, { what: 'resets', account: email.toLowerCase(), address: request.ip });
  inBackground(project, 'the mail to confirm an address was not sent', async () => {
    const user = await userByEmail(project.connection, project.schemas.current, email);
    if (user?.status !== 'invited') return;
    const address = String(user.row['email']);
    const claims: ConfirmationClaims = { type: 'confirmation', id: Number(user.id), email: address };
    const token = signed(request, project, claims, confirmationMinutes);
    const values = { confirm_url: linkOf(token, mail.publicUrl.replace(/\/+$/, '')), project_name: projectName(request) };
    await sendMail(mail, { to: [address], ...(await rendered('confirm-address', values, mail.templates)) });
  });
}

/**
 * Makes the user of the token an active one, once.
 *
 * @throws GatewayError invalid_token, expired_token, user_not_found
 */
export async function confirmAddress(request: FastifyRequest, token: string): Promise<UserRow> {
  const { project } = request;
  const claims = claimsOf<ConfirmationClaims>(request, project, token);
  if (claims === 'expired') throw new GatewayError('expired_token');
  if (claims === 'invalid' || claims.type !== 'confirmation') throw new GatewayError('invalid_token');
  const user = await userById(project.connection, project.schemas.current, String(claims.id));
  if (user?.status !== 'invited' || user.row['email'] !== claims.email) throw new GatewayError('user_not_found');
  const change = { id: user.id, values: { status: 'active' }, holding: { status: 'invited' }, by: user };
  if (!(await changeRecorded(request, change))) throw new GatewayError('user_not_found');
  return { ...user, status: 'active' };
}
