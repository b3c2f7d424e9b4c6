/** What the interface looks like to the caller, as documents for tools: GET /:project/openapi.json, /schema.graphql and /types.ts. */

import type { FastifyPluginAsync } from 'fastify';
import { registerTokens } from '../register-tokens.ts';

const names = ['openapi.json', 'schema.graphql', 'types.ts'] as const;
export type DocumentName = (typeof names)[number];

/** One route for each document. */
export const contractSurface: FastifyPluginAsync = async (app) => {
  await registerTokens(app);
  for (const name of names) {
    // What makes them is loaded with the first request: a start need not wait for it.
    app.get(`/:project/${name}`, async (request, reply) => (await import('./send-document.ts')).sendDocument(request, reply, name));
  }
};
