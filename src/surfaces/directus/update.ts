/** POST /:project/update: the system tables of an older version become those of this one (directus8-system §2.7). */
import type { FastifyPluginAsync } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { upgrade } from '../../system/install.ts';
import { contextOf } from './context.ts';

export const updateRoute: FastifyPluginAsync = async (app) => {
  app.post('/:project/update', async (request, reply) => {
    const { actor, project } = await contextOf(request);
    if (actor.is !== 'user' || !actor.admin) throw new GatewayError('unauthorized');
    await upgrade(project.connection);
    await project.reload();
    return reply.code(204).send();
  });
};
