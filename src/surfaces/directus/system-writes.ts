/** POST, PATCH and DELETE of users, roles, permissions and the other system collections that take writes (directus8-system §4 to §13, §21). */

import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { revertedItem } from '../../engine/revert.ts';
import { GatewayError } from '../../lib/errors.ts';
import { collectionOf } from '../../query/bind.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import { isSystemName } from '../../schema/system.ts';
import { dryRunnable } from '../dry-run.ts';
import type { DirectusContext } from './context.ts';
import { changesOf, upsertBy } from './items.ts';
import { changeLinked, createLinked, deleteLinked, speaksOfLinks } from './relation-links.ts';
import { settingWriting, shapesSetting } from './settings.ts';
import { listings, ownKey, pathKeys } from './system.ts';
import { bodyItems, sendWrite, singleItem, type Writing } from './write.ts';
import { sendMatching } from './write-matching.ts';

/** History is written by what happens. */
const written = ['users', 'roles', 'permissions', 'relations', 'settings', 'folders', 'collection_presets', 'webhooks', 'files'];

/** Of these single rows come with bytes (files.ts), which do not go back to what they were: only what people say of them does. */
const withContent = 'files';
const saidOfFiles: ReadonlySet<string> = new Set(['title', 'description', 'location', 'tags', 'folder', 'metadata', 'filename_download']);

interface Params {
  id: string;
  revision: string;
}

/** `me` among the keys of users is the caller. */
function namedKeys(context: DirectusContext, segment: string, id: string): string[] {
  return pathKeys(segment, id).map((key) => (segment === 'users' && key === 'me' ? ownKey(context) : key));
}

interface Written {
  readonly app: FastifyInstance;
  readonly segment: string;
  readonly collection: string;
  readonly path: string;
}

/** Routes of rows that the path names, of several rows at once, and of what a row was. */
function commonRoutes({ app, segment, collection, path }: Written): void {
  app.patch(path, dryRunnable, async (request, reply) => {
    const { items, single } = bodyItems(request);
    if (segment === withContent && items.some((item) => Object.hasOwn(item, 'data'))) throw new GatewayError('batch_upload');
    if (single) return sendMatching(request, reply, collection, items[0]);
    return sendWrite(request, reply, ({ schema }) => ({
      request: { is: 'update', collection, changes: changesOf(collectionOf(schema, collection), items) },
      single: false,
    }));
  });

  app.delete<{ Params: Params }>(`${path}/:id`, dryRunnable, async (request, reply) => {
    if (segment === 'relations' && speaksOfLinks(request)) return deleteLinked(request, reply, request.params.id);
    return sendWrite(request, reply, (context) => {
      const keys = namedKeys(context, segment, request.params.id);
      return { request: { is: 'delete', collection, keys }, single: false, keys };
    });
  });

  app.patch<{ Params: Params }>(`${path}/:id/revert/:revision`, dryRunnable, async (request, reply) =>
    sendWrite(request, reply, async (context) => {
      const [key = ''] = namedKeys(context, segment, request.params.id);
      const reverted = await revertedItem(context, collection, key, request.params.revision);
      const item = segment === withContent ? said(reverted) : reverted;
      return { request: { is: 'update', collection, changes: [{ key, item }] }, single: true, revert: true };
    }),
  );
}

const said = (item: RequestedItem): RequestedItem => Object.fromEntries(Object.entries(item).filter(([name]) => saidOfFiles.has(name)));

/** Routes of rows that are nothing but rows. */
function rowRoutes({ app, segment, collection, path }: Written): void {
  const finished = (context: DirectusContext, writing: Writing): Writing | Promise<Writing> =>
    segment === 'settings' && shapesSetting(writing) ? settingWriting(context, writing) : writing;

  app.post(path, dryRunnable, async (request, reply) => {
    if (segment === 'relations' && speaksOfLinks(request)) return createLinked(request, reply);
    const { items, single } = bodyItems(request);
    return sendWrite(request, reply, (context) => {
      const by = upsertBy(context.query);
      const mutation = by ? ({ is: 'upsert', collection, by, items } as const) : ({ is: 'create', collection, items } as const);
      return finished(context, { request: mutation, single });
    });
  });

  app.patch<{ Params: Params }>(`${path}/:id`, dryRunnable, async (request, reply) => {
    if (segment === 'relations' && speaksOfLinks(request)) return changeLinked(request, reply, request.params.id);
    const item = singleItem(request);
    return sendWrite(request, reply, (context) => {
      const keys = namedKeys(context, segment, request.params.id);
      const changes = keys.map((key) => ({ key, item }));
      return finished(context, { request: { is: 'update', collection, changes }, single: keys.length === 1, keys });
    });
  });
}

/** The routes that write, and revert, for each of those collections; all have a dry run. */
export const systemWriteRoutes: FastifyPluginAsync = async (app) => {
  for (const segment of written) {
    const collection = listings[segment];
    if (collection === undefined || !isSystemName(collection)) continue;
    const routes = { app, segment, collection, path: `/:project/${segment}` };
    commonRoutes(routes);
    if (segment !== withContent) rowRoutes(routes);
  }
};
