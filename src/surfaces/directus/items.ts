/** GET /:project/items/:collection and /:collection/:id (directus8-data §4). */
import type { FastifyPluginAsync } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { isSystemName } from '../../schema/system.ts';
import { contextOf } from './context.ts';
import { sendRead } from './read.ts';

interface ItemParams {
  project: string;
  collection: string;
  id: string;
}

function refuseSystem(collection: string): void {
  if (isSystemName(collection)) throw new GatewayError('system_collection');
}

/** Keys of a path segment: a comma anywhere makes it a list, and the answer too. */
export function keysOf(segment: string): string[] {
  return segment.split(',');
}

export const itemRoutes: FastifyPluginAsync = async (app) => {
  app.get<{ Params: ItemParams }>('/:project/items/:collection', async (request, reply) => {
    const { collection } = request.params;
    refuseSystem(collection);
    return sendRead(request, reply, await contextOf(request), collection);
  });

  app.get<{ Params: ItemParams }>('/:project/items/:collection/:id', async (request, reply) => {
    const { collection, id } = request.params;
    refuseSystem(collection);
    return sendRead(request, reply, await contextOf(request), collection, keysOf(id));
  });
};
