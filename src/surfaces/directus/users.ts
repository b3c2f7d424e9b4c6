/** PATCH /:project/users/:id/tracking/page (directus8-system §4.6). The other routes of users are those of every system collection. */

import type { FastifyPluginAsync } from 'fastify';
import { trackPage } from '../../engine/track-page.ts';
import { GatewayError } from '../../lib/errors.ts';
import { dryRunnable } from '../dry-run.ts';
import { answerWrite, nothingToRead } from './answer-write.ts';
import { ownKey } from './system.ts';
import { bodyItems, envelopeOf, readingBack } from './write.ts';

/** Notes in `last_page` where the user is in the app; `forbidden` for another one than the caller, unless an administrator asks. */
export const userRoutes: FastifyPluginAsync = async (app) => {
  app.patch<{ Params: { id: string } }>('/:project/users/:id/tracking/page', dryRunnable, async (request, reply) => {
    const [item] = bodyItems(request).items;
    const page = item?.['last_page'];
    if (typeof page !== 'string' || page.includes('\0')) {
      throw new GatewayError('validation', { message: 'last_page: This value should be of type string.' });
    }
    return answerWrite(request, reply, async ({ context }) => {
      const own = ownKey(context);
      const id = request.params.id === 'me' ? own : request.params.id;
      if (id !== own && !(context.actor.is === 'user' && context.actor.admin)) {
        throw new GatewayError('forbidden', { message: 'Only the own page can be noted' });
      }
      const reads = readingBack(context, 'directus_users', true);
      return async (session) => {
        await trackPage(session, id, page);
        const answer = reads?.([{ key: id }]);
        if (!answer) return nothingToRead;
        return {
          plain: answer.plain,
          async read(inside) {
            const found = await answer.read(inside);
            return found.result.texts.count > 0 ? envelopeOf(request, context, found) : undefined;
          },
        };
      };
    });
  });
};
