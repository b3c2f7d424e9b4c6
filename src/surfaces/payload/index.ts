/** The Payload surface: /:project/payload/api. */

import type { FastifyPluginAsync } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { takeForms } from '../file-form.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { registerTokens } from '../register-tokens.ts';
import { answer } from './answer.ts';
import { askingOf } from './asking.ts';
import { keepBodies } from './body.ts';

export interface PayloadSurfaceOptions {
  readonly hooks: SurfaceHooks;
}

/** One route for every method and path, as a path means by its segments what the project makes of them. */
export const payloadSurface: FastifyPluginAsync<PayloadSurfaceOptions> = async (app, { hooks }) => {
  await registerTokens(app);
  await takeForms(app);
  keepBodies(app);
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/:project/payload/api/*',
    config: { dryRun: true },
    async handler(request, reply) {
      if (!request.project.config.surfaces?.payload) throw new GatewayError('route_not_found');
      return answer({ asking: askingOf(request), reply, hooks });
    },
  });
};
