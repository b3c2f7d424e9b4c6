/** Forgotten passwords: a link by mail, good for one change within a short time (directus8-system §3.8). */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { checkPolicy } from '../access/password-policy.ts';
import { GatewayError } from '../lib/errors.ts';
import { takeMails } from '../mail/allowance.ts';
import { demandMail, type MailConfig, sendMail } from '../mail/mailer.ts';
import { rendered } from '../mail/templates.ts';
import { inBackground } from './background.ts';
import { endSessionsOf } from './end-sessions.ts';
import { checkPage, linkTo } from './links.ts';
import { newHash } from './new-password.ts';
import { changeRecorded, type Done } from './records.ts';
import { authSettingsOf } from './settings.ts';
import { claimsOf, signed } from './signed.ts';
import { changeUser, type UserRow, userByEmail, userById } from './users.ts';

interface ResetClaims {
  readonly id: number;
  readonly email: string;
  readonly type: string;
}

/** What is stored of a token: enough to know it again. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const fullName = ({ row }: UserRow): string =>
  [row['first_name'], row['last_name']].filter((part) => part).join(' ') || String(row['email']);

/** What a project calls itself. */
export function projectName({ project }: FastifyRequest): string {
  return project.rules.current.settings.get('project_name') || project.key;
}

/**
 * Sends the link, where there is such a user who is active. Whether there is shows neither in the answer nor in its time: nothing of it is
 * waited for.
 *
 * @throws GatewayError mail_unavailable, validation, rate_limited
 */
export function requestReset(request: FastifyRequest, email: string, resetUrl: unknown): void {
  const { project } = request;
  const mail = demandMail(project.config);
  const page = checkPage(mail, resetUrl, 'reset_url');
  // Whether there is such an account or not.
  takeMails(mail, { what: 'resets', account: email.toLowerCase(), address: request.ip });
  inBackground(project, 'the mail for a new password was not sent', async () => {
    const user = await userByEmail(project.connection, project.schemas.current, email);
    if (user?.status === 'active') await sendReset(request, mail, user, page);
  });
}

/**
 * The same for clients that know of no refusal: a project without mail sends nothing, whoever is asked for, and its log says so.
 *
 * @throws GatewayError validation, rate_limited
 */
export function requestResetIfMailed(request: FastifyRequest, email: string, resetUrl: unknown): void {
  if (request.project.config.mail) requestReset(request, email, resetUrl);
  else request.log.warn('a new password was asked for by mail, and this project sends none: its project file has no "mail"');
}

async function sendReset(request: FastifyRequest, mail: MailConfig, user: UserRow, page: string | undefined): Promise<void> {
  const { project } = request;
  const minutes = authSettingsOf(project.config.auth).resetMinutes;
  const address = String(user.row['email']);
  const claims: ResetClaims & { readonly ttl: number } = { id: Number(user.id), email: address, type: 'reset_password', ttl: minutes };
  const token = signed(request, project, claims, minutes);
  await changeUser(project.connection, project.schemas.current, user.id, { password_reset_token: digestOf(token) });
  const values = {
    reset_url: linkTo(mail, project.key, token, page),
    user_full_name: fullName(user),
    project_name: projectName(request),
    minutes,
  };
  await sendMail(mail, { to: [address], ...(await rendered('reset-password', values, mail.templates)) });
}

/**
 * Changes the password by the token of a mail, once, and ends all sessions of the user.
 *
 * @returns the user as it is now. Throws GatewayError invalid_token, invalid_reset_token, expired_reset_token, user_not_found, user_inactive, user_suspended, validation
 */
export async function resetPassword(request: FastifyRequest, token: string, password: string, done?: Done): Promise<UserRow> {
  const { project } = request;
  const { connection, schemas, rules } = project;
  const claims = claimsOf<ResetClaims>(request, project, token);
  if (claims === 'expired') throw new GatewayError('expired_reset_token');
  if (claims === 'invalid' || claims.type !== 'reset_password') throw new GatewayError('invalid_reset_token');
  const schema = schemas.current;
  const user = await userById(connection, schema, String(claims.id));
  if (!user) throw new GatewayError('user_not_found');
  if (user.row['email'] !== claims.email) throw new GatewayError('invalid_reset_token');
  const digest = digestOf(token);
  if (user.row['password_reset_token'] !== digest) throw new GatewayError('expired_reset_token');
  if (user.status === 'suspended') throw new GatewayError('user_suspended');
  if (user.status !== 'active') throw new GatewayError('user_inactive');
  checkPolicy(rules.current, password);
  const values = { password: await newHash(project, password), password_reset_token: null };
  // Of two at once one finds the token.
  const change = { id: user.id, values, holding: { password_reset_token: digest }, by: user, done };
  if (!(await changeRecorded(request, change))) throw new GatewayError('expired_reset_token');
  await endSessionsOf(project, user.id);
  return { ...user, password: values.password };
}
