/** GET /types, /interfaces, /layouts and /modules: what the app asks outside of projects (directus8-system §20). */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { appExtensions, appKinds } from '../../extensions/listings.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { FieldType } from '../../schema/types.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { send } from './respond.ts';

/** In the order in which the app has always got them. */
const names: readonly FieldType[] = [
  'alias',
  'array',
  'binary',
  'boolean',
  'datetime',
  'date',
  'time',
  'file',
  'hash',
  'group',
  'integer',
  'decimal',
  'json',
  'lang',
  'm2o',
  'o2m',
  'slug',
  'sort',
  'status',
  'string',
  'translation',
  'uuid',
  'datetime_created',
  'datetime_updated',
  'owner',
  'user_updated',
  'user',
];

async function signedIn(request: FastifyRequest): Promise<DirectusContext> {
  const context = await contextOf(request);
  if (context.actor.is !== 'user') throw new GatewayError('not_signed_in');
  return context;
}

/** Names of types of fields, and what the app is extended by; for whoever is signed in to a project. */
export const typeRoutes: FastifyPluginAsync = async (app) => {
  app.get('/types', async (request, reply) => {
    const { actor } = await signedIn(request);
    return send(reply, actor, { data: JSON.stringify(names.map((name) => ({ name }))) });
  });

  for (const kind of appKinds) {
    app.get(`/${kind}`, async (request, reply) => {
      const { actor, project } = await signedIn(request);
      return send(reply, actor, { data: JSON.stringify(await appExtensions(project.config.extensions, kind)) });
    });
  }
};
