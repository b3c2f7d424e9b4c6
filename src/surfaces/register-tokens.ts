/** What a surface needs to verify tokens. */
import { randomBytes } from 'node:crypto';
import fastifyJwt from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';

/** Has the routes of `app` read tokens. Each is verified with its project's own secret; the one that the plugin wants is for nothing and known to nobody. */
export async function registerTokens(app: FastifyInstance): Promise<void> {
  await app.register(fastifyJwt, { secret: randomBytes(32).toString('hex') });
}
