/** The Directus 8 surface: all of its routes under /:project. */
import { randomBytes } from 'node:crypto';
import fastifyJwt from '@fastify/jwt';
import type { FastifyPluginAsync } from 'fastify';
import { authRoutes } from './auth.ts';
import { itemRoutes } from './items.ts';
import { projectInfoRoute } from './project-info.ts';
import { schemaRoutes } from './schema.ts';
import { systemRoutes } from './system.ts';

export const directusSurface: FastifyPluginAsync = async (app) => {
  // Every token is signed and verified with its project's own secret; this one is for nothing and known to nobody.
  await app.register(fastifyJwt, { secret: randomBytes(32).toString('hex') });
  await app.register(projectInfoRoute);
  await app.register(itemRoutes);
  await app.register(systemRoutes);
  await app.register(schemaRoutes);
  await app.register(authRoutes);
};
