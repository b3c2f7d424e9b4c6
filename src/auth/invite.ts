/** Invitations: a user without a password, and a link by mail to choose one (directus8-system §4.4, §4.5). */
import type { FastifyRequest } from 'fastify';
import { administratorRole } from '../access/compile-rules.ts';
import { checkPolicy } from '../access/password-policy.ts';
import type { Transaction } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { type MailConfig, sendMail } from '../mail/mailer.ts';
import { rendered } from '../mail/templates.ts';
import { changeUsers, ownWrites } from './change-users.ts';
import { linkTo } from './links.ts';
import { newHash } from './new-password.ts';
import { changeRecorded } from './records.ts';
import { projectName } from './reset.ts';
import { claimsOf, signed } from './signed.ts';
import { type UserRow, userByEmail } from './users.ts';

interface InvitationClaims {
  readonly type: string;
  readonly email: string;
  readonly sender: number;
  readonly date: string;
}

export interface Invitation {
  readonly email: string;
  readonly role: string | undefined;
  readonly sender: string;
  /** The page of the link; undefined for the admin app's. */
  readonly page: string | undefined;
}

const invitationMinutes = 30 * 24 * 60;

/**
 * Makes a user of the address where there is none, and sends the link to whoever has not accepted yet; users that there are get nothing.
 *
 * @returns the user. Throws mail_unavailable
 */
export async function invite(request: FastifyRequest, mail: MailConfig, invitation: Invitation): Promise<UserRow> {
  const { project } = request;
  const { email, sender, page } = invitation;
  const { connection } = project;
  const known = await userByEmail(connection, project.schemas.current, email);
  const user = known ?? (await added(request, invitation));
  if (user.status !== 'invited') return user;
  const claims: InvitationClaims = { type: 'invitation', email, sender: Number(sender), date: new Date().toISOString() };
  const token = signed(request, project, claims, invitationMinutes);
  const values = { invite_url: linkTo(mail, project.key, token, page), token, project_name: projectName(request) };
  await sendMail(mail, { to: [email], ...(await rendered('user-invitation', values, mail.templates)) });
  return user;
}

async function added(request: FastifyRequest, { email, role, sender }: Invitation): Promise<UserRow> {
  const { connection, schemas } = request.project;
  const author = { is: 'user', id: sender, role: administratorRole, admin: true, ip: request.ip } as const;
  const item = { status: 'invited', email, ...(role === undefined ? {} : { role }) };
  await changeUsers(ownWrites(request, 'an invitation', author), ({ write }) =>
    write({ is: 'create', collection: 'directus_users', items: [item] }),
  );
  const user = await userByEmail(connection, schemas.current, email);
  if (!user) throw new GatewayError('user_not_found');
  return user;
}

/** Whether it is the token of an invitation, good or not. */
export function isInvitation(request: FastifyRequest, token: string): boolean {
  const claims = claimsOf<InvitationClaims>(request, request.project, token);
  return typeof claims !== 'string' && claims.type === 'invitation';
}

/**
 * Makes the invited user an active one, once, with the password where one is given.
 *
 * @returns the user as it was before. Throws invalid_token, expired_token, user_not_found, validation
 */
export async function acceptInvitation(
  request: FastifyRequest,
  token: string,
  password: string | undefined,
  done?: (transaction: Transaction, user: UserRow) => Promise<void>,
): Promise<UserRow> {
  const { project } = request;
  const { connection, schemas, rules } = project;
  const claims = claimsOf<InvitationClaims>(request, project, token);
  if (claims === 'expired') throw new GatewayError('expired_token');
  if (claims === 'invalid' || claims.type !== 'invitation') throw new GatewayError('invalid_token');
  const schema = schemas.current;
  const user = await userByEmail(connection, schema, claims.email);
  if (user?.status !== 'invited') throw new GatewayError('user_not_found');
  if (password !== undefined) checkPolicy(rules.current, password);
  const chosen = password === undefined ? {} : { password: await newHash(project, password) };
  const values = { status: 'active', ...chosen };
  const kept = done && ((transaction: Transaction) => done(transaction, user));
  const change = { id: user.id, values, holding: { status: 'invited' }, by: user, done: kept };
  if (!(await changeRecorded(request, change))) throw new GatewayError('user_not_found');
  return user;
}
