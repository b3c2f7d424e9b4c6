/** The Strapi surface: /:project/strapi/api, where the project file switches it on. */

import type { FastifyPluginAsync } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { registerTokens } from '../register-tokens.ts';
import { authRoutes } from './auth.ts';
import { parseBodies } from './body.ts';
import { contentRoutes } from './content.ts';
import { uploadRoutes } from './upload.ts';
import { userRoutes } from './users.ts';

export interface StrapiSurfaceOptions {
  readonly hooks: SurfaceHooks;
}

/** Registers every route of the dialect; in projects without it they are not found. */
export const strapiSurface: FastifyPluginAsync<StrapiSurfaceOptions> = async (app, { hooks }) => {
  await registerTokens(app);
  parseBodies(app);
  app.addHook('onRequest', (request, _, done) => {
    done(request.project.config.surfaces?.strapi ? undefined : new GatewayError('route_not_found'));
  });
  await app.register(contentRoutes, { hooks });
  await app.register(userRoutes, { hooks });
  await app.register(authRoutes, { hooks });
  await app.register(uploadRoutes, { hooks });
};
