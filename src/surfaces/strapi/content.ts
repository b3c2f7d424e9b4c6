/** Routes of content: collection types and single types (strapi-rest §2). */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Collection } from '../../schema/types.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { dataOf } from './body.ts';
import { keyOutput } from './forms.ts';
import { type Reading, sendEntries } from './read.ts';
import { keyNamed, typeNamed } from './request.ts';
import { checkQuery, deleting, demand, saving, sendWritten, type Writing, written } from './write.ts';

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
    collection: (context) => collectionType(context, id),
    wanted: (collection) => ({ is: 'entry', keys: [keyNamed(collection, key)] }),
  };
}

/** The collection of a type with many entries: a single one has no routes by id. */
function collectionType(context: ReadContext, id: string): Collection {
  const { single, collection } = typeNamed(context, id);
  if (single) throw new GatewayError('route_not_found');
  return collection;
}

/** The other kind has the route for other methods. */
function demandKind(reply: FastifyReply, context: ReadContext, id: string, kind: 'single' | 'many'): Collection {
  const { single, collection } = typeNamed(context, id);
  if (single === (kind === 'single')) return collection;
  reply.header('allow', single ? 'GET, HEAD, PUT, DELETE' : 'GET, HEAD, POST');
  throw new GatewayError('method_not_allowed');
}

/** The key of the only entry, the one with the smallest key; undefined where there is none. */
async function onlyKey({ context, sight, collection }: Writing): Promise<string | undefined> {
  if (!sight.visible.collection(collection)) return undefined;
  const { texts } = await runRead(
    context,
    prepareRead(context, {
      collection: collection.name,
      selection: { all: false, named: new Map(), without: new Set() },
      template: new Map([['k', keyOutput(sight, collection, 'key')]]),
      order: collection.key.map(({ name }) => ({ path: [name], descending: false })),
      limit: 1,
      offset: 0,
      counts: { filtered: false, total: false, byStatus: false },
      stubs: false,
    }),
  );
  const [row] = JSON.parse(String(texts.between('[', ']'))) as readonly { readonly k: string | null }[];
  return row?.k ?? undefined;
}

type Action = 'create' | 'update' | 'delete';

interface Write {
  readonly action: Action;
  readonly collection: (context: ReadContext) => Collection;
  /** After the rights and the query were looked at. */
  readonly run: Parameters<typeof written>[3];
}

async function answerWrite(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks, write: Write): Promise<FastifyReply> {
  const { action, collection, run } = write;
  const answered = await written(request, hooks, collection, async (writing) => {
    demand(writing, action);
    checkQuery(writing);
    return run(writing);
  });
  return sendWritten(reply, answered, action);
}

function create(request: FastifyRequest<TypeParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  return answerWrite(request, reply, hooks, {
    action: 'create',
    collection: (context) => demandKind(reply, context, request.params.type, 'many'),
    run: async (writing) => saving(writing, dataOf(request)),
  });
}

function update(request: FastifyRequest<EntryParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const { type, id } = request.params;
  return answerWrite(request, reply, hooks, {
    action: 'update',
    collection: (context) => collectionType(context, type),
    run: async (writing) => saving(writing, dataOf(request), keyNamed(writing.collection, id)),
  });
}

/** Changes the only entry, or makes it (S-26). */
function updateSingle(request: FastifyRequest<TypeParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  return answerWrite(request, reply, hooks, {
    action: 'update',
    collection: (context) => demandKind(reply, context, request.params.type, 'single'),
    async run(writing) {
      const data = dataOf(request);
      const key = await onlyKey(writing);
      if (key === undefined) demand(writing, 'create');
      return saving(writing, data, key);
    },
  });
}

function remove(request: FastifyRequest<EntryParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const { type, id } = request.params;
  return answerWrite(request, reply, hooks, {
    action: 'delete',
    collection: (context) => collectionType(context, type),
    run: async (writing) => deleting(writing, keyNamed(writing.collection, id)),
  });
}

function removeSingle(request: FastifyRequest<TypeParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  return answerWrite(request, reply, hooks, {
    action: 'delete',
    collection: (context) => demandKind(reply, context, request.params.type, 'single'),
    async run(writing) {
      const key = await onlyKey(writing);
      if (key === undefined) throw new GatewayError('item_not_found');
      return deleting(writing, key);
    },
  });
}

export const contentRoutes: FastifyPluginAsync<{ readonly hooks: SurfaceHooks }> = async (app, { hooks }) => {
  app.get<TypeParams>(`${api}/:type`, (request, reply) => sendEntries(request, reply, hooks, listReading(request.params.type)));
  app.post<TypeParams>(`${api}/:type`, (request, reply) => create(request, reply, hooks));
  app.put<TypeParams>(`${api}/:type`, (request, reply) => updateSingle(request, reply, hooks));
  app.delete<TypeParams>(`${api}/:type`, (request, reply) => removeSingle(request, reply, hooks));
  app.get<EntryParams>(`${api}/:type/:id`, (request, reply) =>
    sendEntries(request, reply, hooks, entryReading(request.params.type, request.params.id)),
  );
  app.put<EntryParams>(`${api}/:type/:id`, (request, reply) => update(request, reply, hooks));
  app.delete<EntryParams>(`${api}/:type/:id`, (request, reply) => remove(request, reply, hooks));
};
