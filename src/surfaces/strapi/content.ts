/** Routes of content: collection types and single types (strapi-rest §2). */
import type { FastifyPluginAsync } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { type Reading, sendEntries } from './read.ts';
import { keyNamed, typeNamed } from './request.ts';

export const api = '/:project/strapi/api';

interface TypeParams {
  Params: { type: string };
}

interface EntryParams {
  Params: { type: string; id: string };
}

/** Many entries, or the one of a single type. */
function listReading(id: string): Reading {
  return {
    collection: (context) => typeNamed(context, id).collection,
    wanted: ({ meta }) => ({ is: meta?.single ? 'single' : 'list' }),
  };
}

function entryReading(id: string, key: string): Reading {
  return {
    collection(context) {
      const { single, collection } = typeNamed(context, id);
      if (single) throw new GatewayError('route_not_found');
      return collection;
    },
    wanted: (collection) => ({ is: 'entry', keys: [keyNamed(collection, key)] }),
  };
}

export const contentRoutes: FastifyPluginAsync<{ readonly hooks: SurfaceHooks }> = async (app, { hooks }) => {
  app.get<TypeParams>(`${api}/:type`, (request, reply) => sendEntries(request, reply, hooks, listReading(request.params.type)));
  app.get<EntryParams>(`${api}/:type/:id`, (request, reply) =>
    sendEntries(request, reply, hooks, entryReading(request.params.type, request.params.id)),
  );
};
