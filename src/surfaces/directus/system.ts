/** Reading the system collections through the same engine as items: users, roles, permissions and the rest (directus8-system §4-16). */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Permission } from '../../access/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { explainable } from '../explain-hook.ts';
import { permissionRow } from '../permission-row.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { keysOf } from './items.ts';
import { sendList } from './list.ts';
import { sendRead } from './read.ts';
import { send } from './respond.ts';

/** Path segment to collection. */
export const listings: Readonly<Record<string, string>> = {
  users: 'directus_users',
  roles: 'directus_roles',
  permissions: 'directus_permissions',
  relations: 'directus_relations',
  settings: 'directus_settings',
  activity: 'directus_activity',
  revisions: 'directus_revisions',
  files: 'directus_files',
  folders: 'directus_folders',
  collection_presets: 'directus_collection_presets',
  webhooks: 'directus_webhooks',
};

/** Paths of these name rows by numbers: anything else there is no route (directus8-system §6, §11, §13). */
const numbered: ReadonlySet<string> = new Set(['permissions', 'settings', 'folders']);

/** The keys that a path names. Throws `route_not_found` where they can be none. */
export function pathKeys(segment: string, id: string): string[] {
  const keys = keysOf(id);
  if (numbered.has(segment) && !keys.every((key) => /^\d+$/.test(key))) throw new GatewayError('route_not_found');
  return keys;
}

/** `me` in a path of users. */
export function ownKey(context: DirectusContext): string {
  if (context.actor.is !== 'user') throw new GatewayError('unauthorized');
  return context.actor.id;
}

function ownPermissions(context: DirectusContext): readonly Permission[] {
  const { actor, rules } = context;
  return actor.is === 'system' ? [] : (rules.roles.get(actor.role)?.permissions ?? []);
}

/** Oneself there always is: who may not read that is told so, and not that nobody is there. */
async function sendOwn(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  try {
    return await sendRead(request, reply, { collection: 'directus_users', keys: (context: DirectusContext) => [ownKey(context)] });
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'item_not_found') throw new GatewayError('unauthorized');
    throw error;
  }
}

/** The list and the single row of each of those collections, and the permissions of the caller. */
export const systemRoutes: FastifyPluginAsync = async (app) => {
  app.get('/:project/permissions/me', async (request, reply) => {
    const context = await contextOf(request);
    return send(reply, context.actor, { data: JSON.stringify(ownPermissions(context).map(permissionRow)) });
  });

  app.get<{ Params: { collection: string } }>('/:project/permissions/me/:collection', async (request, reply) => {
    const context = await contextOf(request);
    const rows = ownPermissions(context).filter((row) => row.collection === request.params.collection && !row.status?.startsWith('$'));
    const [first] = rows;
    const data = first && rows.length === 1 && first.status === null ? permissionRow(first) : rows.map(permissionRow);
    return send(reply, context.actor, { data: JSON.stringify(data) });
  });

  for (const [segment, collection] of Object.entries(listings)) {
    if (segment === 'settings') continue;
    app.get(`/:project/${segment}`, explainable, async (request, reply) => sendList(request, reply, collection));
    app.get<{ Params: { id: string } }>(`/:project/${segment}/:id`, explainable, async (request, reply) => {
      const { id } = request.params;
      if (segment === 'users' && id === 'me') return sendOwn(request, reply);
      return sendRead(request, reply, { collection, keys: () => pathKeys(segment, id) });
    });
  }
};
