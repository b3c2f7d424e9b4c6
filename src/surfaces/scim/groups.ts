/** /:project/scim/v2/Groups: roles, whose members are the users of the role (directus8-system §17). */
import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { administratorRole, publicRole } from '../../access/compile-rules.ts';
import type { Changing } from '../../auth/change-users.ts';
import type { ReadContext } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { answerChange } from './answer-change.ts';
import { bodyOf } from './body.ts';
import { demandWriter, scimContext } from './caller.ts';

import { groupChanges, groupResource, newGroup } from './group-resource.ts';
import { listOf, pageOf, sendScim } from './list.ts';
import { compares, listRows, named, rowOf, type ScimRow } from './rows.ts';
import { text } from './user-resource.ts';

const collection = 'directus_roles';

type Named = FastifyRequest<{ Params: { id: string } }>;

/** The users of these roles, as far as the caller may read them. */
async function membersOf(context: ReadContext, roles: readonly ScimRow[]): Promise<readonly ScimRow[]> {
  if (roles.length === 0) return [];
  const where = compares(
    'role',
    'in',
    roles.map(({ id }) => String(id)),
  );
  const listed = listRows(context, { collection: 'directus_users', where });
  const rows = await listed.catch((error: unknown) => {
    if (error instanceof GatewayError && ['read_denied', 'unauthorized'].includes(error.kind)) return undefined;
    throw error;
  });
  return rows?.rows ?? [];
}

async function shown(context: ReadContext, roles: readonly ScimRow[], base: string): Promise<object[]> {
  const members = await membersOf(context, roles);
  return roles.map((role) =>
    groupResource(
      role,
      members.filter((user) => text(user['role']) === text(role['id'])),
      base,
    ),
  );
}

/** Gives the role to the users named and takes it from those who are left out. */
async function setMembers({ within, write }: Changing, role: string, before: readonly ScimRow[], after: readonly string[]): Promise<void> {
  const found: ScimRow[] = [];
  for (const name of new Set(after)) {
    const user = before.find((one) => nameOf(one) === name) ?? (await userNamed(within, name));
    found.push(user);
  }
  const kept = new Set(found.map(({ id }) => text(id)));
  const had = new Set(before.map(({ id }) => text(id)));
  const changes = [
    ...found.filter(({ id }) => !had.has(text(id))).map(({ id }) => ({ key: text(id), item: { role } })),
    ...before.filter(({ id }) => !kept.has(text(id))).map(({ id }) => ({ key: text(id), item: { role: null } })),
  ];
  if (changes.length > 0) await write({ is: 'update', collection: 'directus_users', changes });
}

/** How a member is named: as in answers, or by its number where it has no external id. */
const nameOf = (user: ScimRow): string => text(user['external_id'] ?? user['id']);

async function userNamed(within: ReadContext, name: string): Promise<ScimRow> {
  const { rows } = await listRows(within, { collection: 'directus_users', where: named(name) });
  const user = rows.find((one) => nameOf(one) === name);
  if (user) return user;
  throw new GatewayError('validation', { message: `members: there is no user "${name}"` });
}

async function update(request: Named, reply: FastifyReply): Promise<FastifyReply> {
  const context = await scimContext(request);
  demandWriter(context);
  const body = bodyOf(request);
  return answerChange(request, reply, context, {
    async run(changing) {
      const { within, write } = changing;
      const found = await rowOf(within, collection, request.params.id);
      const id = text(found['id']);
      const before = await membersOf(within, [found]);
      const { name, members } = await groupChanges(found, before.map(nameOf), body);
      if (name !== undefined) await write({ is: 'update', collection, changes: [{ key: id, item: { name } }] });
      if (members && id === publicRole) throw new GatewayError('forbidden', { message: 'The public role has no members' });
      if (members) await setMembers(changing, id, before, members);
      const row = await rowOf(within, collection, request.params.id);
      return (await shown(within, [row], context.base))[0] ?? {};
    },
  });
}

async function remove({ within, write }: Changing, name: string): Promise<void> {
  const found = await rowOf(within, collection, name);
  const id = text(found['id']);
  if (id === administratorRole || id === publicRole) {
    throw new GatewayError('unauthorized', { message: 'The roles of administrators and of the public are never deleted' });
  }
  const where = compares('role', 'eq', id);
  const most = within.limits.writeRows;
  await write({ is: 'updateWhere', collection: 'directus_users', rows: { where, most, statuses: 'any' }, item: { role: null } });
  await write({ is: 'deleteWhere', collection: 'directus_permissions', rows: { where, most } });
  await write({ is: 'delete', collection, keys: [id] });
}

/** Roles listed, read, made, changed (PUT and PATCH) and deleted as groups. */
export const groupRoutes: FastifyPluginAsync = async (app) => {
  const path = '/:project/scim/v2/Groups';

  app.get(path, async (request, reply) => {
    const context = await scimContext(request);
    const page = pageOf(request, collection);
    const { rows, total } = await listRows(context, page);
    return sendScim(reply, context.actor, listOf(page, total, await shown(context, rows, context.base)));
  });

  app.get<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
    const context = await scimContext(request);
    const row = await rowOf(context, collection, request.params.id);
    const [resource = {}] = await shown(context, [row], context.base);
    return sendScim(reply, context.actor, resource);
  });

  app.post(path, async (request, reply) => {
    const context = await scimContext(request);
    demandWriter(context);
    const { name, external, members } = newGroup(bodyOf(request));
    const item = { name, external_id: external ?? randomUUID() };
    return answerChange(request, reply, context, {
      async run(changing) {
        const { within, write } = changing;
        const [key = ''] = await write({ is: 'create', collection, items: [item] });
        if (members) await setMembers(changing, key, [], members);
        const { rows } = await listRows(within, { collection, where: compares('id', 'eq', key) });
        return (await shown(within, rows, context.base))[0] ?? {};
      },
      status: 201,
    });
  });

  app.put<{ Params: { id: string } }>(`${path}/:id`, update);
  app.patch<{ Params: { id: string } }>(`${path}/:id`, update);

  app.delete<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
    const context = await scimContext(request);
    demandWriter(context);
    return answerChange(request, reply, context, {
      async run(changing) {
        await remove(changing, request.params.id);
        return undefined;
      },
    });
  });
};
