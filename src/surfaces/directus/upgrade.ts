/** POST /:project/update: brings the system tables up to date (directus8-system §2.7). */
import type { FastifyPluginAsync } from 'fastify';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { GatewayError } from '../../lib/errors.ts';
import { upgrade } from '../../system/install.ts';
import { answerOnce, holdsKeys, sendAnswer } from '../idempotency.ts';
import { bodyText } from './answer-write.ts';
import { contextOf } from './context.ts';

/** For administrators: `unauthorized` for everybody else. Run a second time it does nothing. */
export const upgradeRoute: FastifyPluginAsync = async (app) => {
  app.post('/:project/update', async (request, reply) => {
    const context = await contextOf(request);
    const { actor, project } = context;
    if (actor.is !== 'user' || !actor.admin) throw new GatewayError('unauthorized');
    const run = async (): Promise<KeptAnswer> => {
      const { created, upgraded } = await upgrade(project.connection);
      if (created.length + upgraded.length > 0) {
        project.log.info({ created, upgraded }, 'the system tables were brought up to date');
        await project.schemas.reload();
      }
      return { status: 204 };
    };
    // The table of keys may be one of those that are made here; what was brought up to date is so however often that is asked.
    if (!holdsKeys(project)) return sendAnswer(reply, await run());
    return answerOnce(request, reply, context, bodyText(request), run);
  });
};
