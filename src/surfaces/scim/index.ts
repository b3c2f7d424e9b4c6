/** The SCIM 2.0 surface: users and groups for identity providers, below /:project/scim/v2. */
import { randomBytes } from 'node:crypto';
import fastifyJwt from '@fastify/jwt';
import type { FastifyPluginAsync } from 'fastify';
import { parseScimBodies } from './body.ts';
import { groupRoutes } from './groups.ts';
import { userRoutes } from './users.ts';

/** Users and groups, with bodies as SCIM has them (RFC 7644). */
export const scimSurface: FastifyPluginAsync = async (app) => {
  // Every token is verified with its project's own secret; this one is for nothing and known to nobody.
  await app.register(fastifyJwt, { secret: randomBytes(32).toString('hex') });
  parseScimBodies(app);
  await app.register(userRoutes);
  await app.register(groupRoutes);
};
