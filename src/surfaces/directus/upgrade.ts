/** POST /:project/update: brings the system tables up to date (directus8-system §2.7). */
import type { FastifyPluginAsync } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { upgrade } from '../../system/install.ts';
import { contextOf } from './context.ts';

export const upgradeRoute: FastifyPluginAsync = async (app) => {
  app.post('/:project/update', async (request, reply) => {
    const { actor, project } = await contextOf(request);
    if (actor.is !== 'user' || !actor.admin) throw new GatewayError('unauthorized');
    const { created, upgraded } = await upgrade(project.connection);
    if (created.length + upgraded.length > 0) {
      project.log.info({ created, upgraded }, 'the system tables were brought up to date');
      await project.schemas.reload();
    }
    return reply.code(204).send();
  });
};
