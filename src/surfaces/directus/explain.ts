/** GET /:project/permissions/explain: which rules decide on an action, for administrators. */
import type { FastifyPluginAsync } from 'fastify';
import { administratorRole, publicRole } from '../../access/compile-rules.ts';
import { explain } from '../../access/explain.ts';
import type { Action, Actor } from '../../access/types.ts';
import { matchRow, type RowMatch } from '../../engine/match-row.ts';
import { GatewayError } from '../../lib/errors.ts';
import { collectionOf } from '../../query/bind.ts';
import { permissionRow } from '../permission-row.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { textOf } from './php-query.ts';
import { send } from './respond.ts';

const actions: readonly Action[] = ['create', 'read', 'update', 'delete'];

/** Somebody of the role: the user who is named, or one who owns nothing. */
function somebody({ query, rules }: DirectusContext): Exclude<Actor, { is: 'system' }> {
  const [role, id = '0'] = [textOf(query, 'role') ?? administratorRole, textOf(query, 'user')];
  if (!rules.roles.has(role)) throw new GatewayError('validation', { message: `role: There is no role ${role.slice(0, 20)}.` });
  if (!/^\d{1,9}$/.test(id)) throw new GatewayError('validation', { message: 'user: This value should be of type numeric.' });
  if (role === publicRole) return { is: 'public', role, ip: '' };
  return { is: 'user', id, role, admin: role === administratorRole, ip: '' };
}

/** Of `collection`, `action` and somebody named by the query: which rules decide. `forbidden` for whoever is no administrator. */
export const explainRoute: FastifyPluginAsync = async (app) => {
  app.get('/:project/permissions/explain', async (request, reply) => {
    const context = await contextOf(request);
    const { actor: caller, query, schema, rules } = context;
    if (caller.is !== 'user') throw new GatewayError('unauthorized');
    if (!caller.admin) throw new GatewayError('forbidden', { message: 'Only administrators may ask how permissions come about' });
    const collection = collectionOf(schema, textOf(query, 'collection') ?? '');
    const action = actions.find((one) => one === (textOf(query, 'action') ?? 'read'));
    if (!action) throw new GatewayError('validation', { message: `action: This value should be one of ${actions.join(', ')}.` });
    const actor = somebody(context);
    const id = textOf(query, 'id');
    const item: RowMatch | undefined =
      id === undefined || action === 'create' ? undefined : await matchRow({ ...context, actor }, collection, id, action);
    const status = item?.status === undefined ? {} : { status: item.status };
    const { permissions, ...told } = explain({ schema, rules, actor, collection, action, ...status });
    const user = actor.is === 'user' ? Number(actor.id) : null;
    const asked = { collection: collection.name, action, role: Number(actor.role), user };
    const data = { ...asked, ...told, permissions: permissions.map(permissionRow), ...(item ? { item } : {}) };
    return send(reply, caller, { data: JSON.stringify(data) });
  });
};
