/** The SCIM 2.0 surface: users and groups for identity providers, below /:project/scim/v2. */

import type { FastifyPluginAsync } from 'fastify';
import { registerTokens } from '../register-tokens.ts';
import { parseScimBodies } from './body.ts';
import { groupRoutes } from './groups.ts';
import { userRoutes } from './users.ts';

/** Users and groups, with bodies as SCIM has them (RFC 7644). */
export const scimSurface: FastifyPluginAsync = async (app) => {
  await registerTokens(app);
  parseScimBodies(app);
  await app.register(userRoutes);
  await app.register(groupRoutes);
};
