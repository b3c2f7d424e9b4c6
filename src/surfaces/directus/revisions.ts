/** The revisions of a row: all of them, or the one of a number (directus8-data §12.3). The listing of all revisions is one of system.ts. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { revisionsOf } from '../../engine/history.ts';
import { GatewayError } from '../../lib/errors.ts';
import { explainable } from '../explain-hook.ts';
import type { DirectusContext } from './context.ts';
import { refuseSystem } from './items.ts';
import { sendList } from './list.ts';
import { sendRead } from './read.ts';
import { listings, ownKey } from './system.ts';

const revisions = 'directus_revisions';

interface RevisionParams {
  collection: string;
  id: string;
  offset: string;
}

/** Any number, of which the whole part counts; like every offset, one below 0 is 0. Indexes that no list reaches are not there. */
function indexOf(text: string): number {
  const numeric = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text);
  if (!numeric) throw new GatewayError('validation', { message: 'offset: This value should be of type numeric.' });
  const index = Math.max(0, Math.trunc(Number(text)));
  if (index > 2_147_483_647) throw new GatewayError('item_not_found');
  return index;
}

function routes(app: FastifyInstance, path: string, of: (params: RevisionParams) => string): void {
  const within = (params: RevisionParams) => (context: DirectusContext) => {
    const collection = of(params);
    const own = collection === 'directus_users' && params.id === 'me';
    return revisionsOf(context, collection, own ? ownKey(context) : params.id);
  };

  app.get<{ Params: RevisionParams }>(`${path}/:id/revisions`, explainable, async (request, reply) => {
    refuseUnserved(path, of(request.params));
    return sendList(request, reply, revisions, { within: within(request.params) });
  });

  app.get<{ Params: RevisionParams }>(`${path}/:id/revisions/:offset`, explainable, async (request, reply) => {
    refuseUnserved(path, of(request.params));
    return sendRead(request, reply, {
      collection: revisions,
      within: within(request.params),
      index: indexOf(request.params.offset),
    });
  });
}

/** System collections have paths of their own. */
function refuseUnserved(path: string, collection: string): void {
  if (path.includes('/items/')) refuseSystem(collection);
}

/** The two routes for items and for each system collection that is listed. */
export const revisionRoutes: FastifyPluginAsync = async (app) => {
  routes(app, '/:project/items/:collection', (params) => params.collection);
  for (const [segment, collection] of Object.entries(listings)) routes(app, `/:project/${segment}`, () => collection);
};
