/** What the interface looks like to the caller, as documents for tools: GET /:project/openapi.json, /schema.graphql and /types.ts. */
import { randomBytes } from 'node:crypto';
import fastifyJwt from '@fastify/jwt';
import type { FastifyPluginAsync } from 'fastify';

const names = ['openapi.json', 'schema.graphql', 'types.ts'] as const;
export type DocumentName = (typeof names)[number];

/** One route for each document. */
export const contractSurface: FastifyPluginAsync = async (app) => {
  // Every token is verified with its project's own secret; this one is for nothing and known to nobody.
  await app.register(fastifyJwt, { secret: randomBytes(32).toString('hex') });
  for (const name of names) {
    // What makes them is loaded with the first request: a start need not wait for it.
    app.get(`/:project/${name}`, async (request, reply) => (await import('./send-document.ts')).sendDocument(request, reply, name));
  }
};
