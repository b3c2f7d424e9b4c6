/** The user that an identity of a provider stands for: found, made where that is allowed, and of the role that the provider says. */

import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { SsoProvider } from '../config/sso-schema.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import { changeUsers, ownWrites } from './change-users.ts';
import type { SsoIdentity } from './sso-provider.ts';
import { demandAdmission } from './sso-sign-in.ts';
import { type UserRow, userByEmail, userByExternalId, userById } from './users.ts';

function find({ connection, schemas }: Project, { match }: SsoProvider, { subject, email }: SsoIdentity): Promise<UserRow | undefined> {
  if (match === 'external_id') return userByExternalId(connection, schemas.current, subject);
  return email === undefined ? Promise.resolve(undefined) : userByEmail(connection, schemas.current, email);
}

/** The role of the first mapping whose value is among the identity's. */
function mappedRole({ roles = [] }: SsoProvider, identity: SsoIdentity): string | undefined {
  const found = roles.find(({ value }) => identity.roles.includes(value));
  return found && String(found.role);
}

const contextOf = (request: FastifyRequest, { name }: SsoProvider) => ownWrites(request, `sign-in by ${name}`);

async function create(request: FastifyRequest, provider: SsoProvider, identity: SsoIdentity, role: string): Promise<string | undefined> {
  const { subject, email, firstName = null, lastName = null } = identity;
  // Without a verified address nobody knows whose it is.
  if (email === undefined) throw new GatewayError('sso_user_unknown');
  const external_id = provider.match === 'external_id' ? subject : randomUUID();
  const item = { email, status: 'active', role, first_name: firstName, last_name: lastName, external_id };
  const [key] = await changeUsers(contextOf(request, provider), ({ write }) =>
    write({ is: 'create', collection: 'directus_users', items: [item] }),
  );
  return key;
}

/**
 * The user who signs in.
 *
 * @throws GatewayError `sso_user_unknown`, and what `demandAdmission` throws; nothing of the user has changed then
 */
export async function userOfIdentity(request: FastifyRequest, provider: SsoProvider, identity: SsoIdentity): Promise<UserRow> {
  const { project } = request;
  const { connection, schemas } = project;
  const role = mappedRole(provider, identity);
  const user = await find(project, provider, identity);
  let key: string | undefined;
  if (user) {
    demandAdmission(request, user);
    if (role === undefined || role === user.role) return user;
    key = user.id;
    await changeUsers(contextOf(request, provider), ({ write }) =>
      write({ is: 'update', collection: 'directus_users', changes: [{ key: user.id, item: { role } }] }),
    );
  } else if (provider.create) key = await create(request, provider, identity, role ?? String(provider.create.role));
  const current = key === undefined ? undefined : await userById(connection, schemas.current, key);
  if (!current) throw new GatewayError('sso_user_unknown', identity.email === undefined ? {} : { email: identity.email });
  demandAdmission(request, current);
  return current;
}
