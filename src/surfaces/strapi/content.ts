/** Routes of content: collection types and single types (strapi-rest §2). */

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { prepareRead, runRead } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import { dryRunnable } from '../dry-run.ts';
import { takeForms } from '../file-form.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { type Answered, answerWrite, type WriteRoute } from './answer-write.ts';
import { dataOf, objectOf } from './body.ts';
import { type EntryForm, savingForm, withForm } from './content-form.ts';
import { keyOutput } from './forms.ts';
import { addingLanguage } from './localizations.ts';
import { methodsOf, refuseOddMethods } from './odd-methods.ts';
import { entryText, jsonType, type Reading, sendEntries } from './read.ts';
import { keyNamed, typeNamed } from './request.ts';
import { checkQuery, deleting, demand, saving, type Writing } from './write.ts';

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
function collectionType(context: CallerContext, id: string): Collection {
  const { single, collection } = typeNamed(context, id);
  if (single) throw new GatewayError('route_not_found');
  return collection;
}

/** The other kind has the route for other methods. */
function demandKind(reply: FastifyReply, context: CallerContext, id: string, kind: 'single' | 'many'): Collection {
  const { single, collection } = typeNamed(context, id);
  if (single === (kind === 'single')) return collection;
  reply.header('allow', single ? methodsOf.single : methodsOf.many);
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
  readonly collection: (context: CallerContext) => Collection;
  /** After the rights and the query were looked at. */
  readonly run: WriteRoute['prepare'];
  readonly sent?: string | undefined;
}

/** The newer form has a status of its own for what was made. */
function entryAnswer({ result, asked }: Answered, action: Action): KeptAnswer {
  const newer = asked.format === 'v5';
  if (newer && action === 'delete') return { status: 204 };
  const body = result ? entryText(result.texts) : '{"data":null,"meta":{}}';
  return { status: newer && action === 'create' ? 201 : 200, body, contentType: jsonType };
}

function writeEntry(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks, write: Write): Promise<FastifyReply> {
  const { action, collection, run, sent } = write;
  return answerWrite(request, reply, hooks, {
    collection,
    async prepare(writing) {
      demand(writing, action);
      checkQuery(writing);
      return run(writing);
    },
    outline: 'wrapped',
    ...(sent === undefined ? {} : { sent }),
    answer: (answered) => entryAnswer(answered, action),
  });
}

type Ready = Awaited<ReturnType<Write['run']>>;

interface Send extends Omit<Write, 'run'> {
  /** `form` where the entry came as one. */
  readonly run: (writing: Writing, form: EntryForm | undefined) => Ready | Promise<Ready>;
}

/** An entry that is sent, as JSON or as a form: the right to write it is looked at before a form is read. */
function sendEntry(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks, send: Send): Promise<FastifyReply> {
  const { action, collection, run } = send;
  return withForm(
    request,
    (context) => demand({ context, collection: collection(context) }, action),
    (form) => writeEntry(request, reply, hooks, { action, collection, run: async (writing) => run(writing, form), sent: form?.sent }),
  );
}

function create(request: FastifyRequest<TypeParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  return sendEntry(request, reply, hooks, {
    action: 'create',
    collection: (context) => demandKind(reply, context, request.params.type, 'many'),
    run: (writing, form) => (form ? savingForm(writing, form) : saving(writing, dataOf(request))),
  });
}

function update(request: FastifyRequest<EntryParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const { type, id } = request.params;
  return sendEntry(request, reply, hooks, {
    action: 'update',
    collection: (context) => collectionType(context, type),
    run(writing, form) {
      const key = keyNamed(writing.collection, id);
      return form ? savingForm(writing, form, key) : saving(writing, dataOf(request), key);
    },
  });
}

/** Changes the only entry, or makes it (S-26). */
function updateSingle(request: FastifyRequest<TypeParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  return sendEntry(request, reply, hooks, {
    action: 'update',
    collection: (context) => demandKind(reply, context, request.params.type, 'single'),
    async run(writing, form) {
      const data = form ? undefined : dataOf(request);
      const key = await onlyKey(writing);
      if (key === undefined) demand(writing, 'create');
      return form ? savingForm(writing, form, key) : saving(writing, data ?? {}, key);
    },
  });
}

/** Another language of the entry of that key, or of the only one. */
function localise(
  request: FastifyRequest<TypeParams>,
  reply: FastifyReply,
  hooks: SurfaceHooks,
  keyOf: (writing: Writing) => string | undefined | Promise<string | undefined>,
  kind: 'single' | 'many',
): Promise<FastifyReply> {
  return answerWrite(request, reply, hooks, {
    collection: (context) => demandKind(reply, context, request.params.type, kind),
    async prepare(writing) {
      demand(writing, 'update');
      checkQuery(writing);
      const key = await keyOf(writing);
      if (key === undefined) throw new GatewayError('item_not_found');
      return addingLanguage(writing, objectOf(request), key);
    },
    outline: 'bare',
    answer: ({ result }) => ({ status: 200, body: result?.texts.count ? result.texts.between('', '') : '{}', contentType: jsonType }),
  });
}

function remove(request: FastifyRequest<EntryParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const { type, id } = request.params;
  return writeEntry(request, reply, hooks, {
    action: 'delete',
    collection: (context) => collectionType(context, type),
    run: async (writing) => deleting(writing, keyNamed(writing.collection, id)),
  });
}

function removeSingle(request: FastifyRequest<TypeParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  return writeEntry(request, reply, hooks, {
    action: 'delete',
    collection: (context) => demandKind(reply, context, request.params.type, 'single'),
    async run(writing) {
      const key = await onlyKey(writing);
      if (key === undefined) throw new GatewayError('item_not_found');
      return deleting(writing, key);
    },
  });
}

/** Entries listed, read and written by the names of types; `hooks` see reads and writes. */
export const contentRoutes: FastifyPluginAsync<{ readonly hooks: SurfaceHooks }> = async (app, { hooks }) => {
  await takeForms(app);
  refuseOddMethods(app, api);
  app.get<TypeParams>(`${api}/:type`, (request, reply) => sendEntries(request, reply, hooks, listReading(request.params.type)));
  app.post<TypeParams>(`${api}/:type`, dryRunnable, (request, reply) => create(request, reply, hooks));
  app.put<TypeParams>(`${api}/:type`, dryRunnable, (request, reply) => updateSingle(request, reply, hooks));
  app.delete<TypeParams>(`${api}/:type`, dryRunnable, (request, reply) => removeSingle(request, reply, hooks));
  app.get<EntryParams>(`${api}/:type/:id`, (request, reply) =>
    sendEntries(request, reply, hooks, entryReading(request.params.type, request.params.id)),
  );
  app.post<TypeParams>(`${api}/:type/localizations`, dryRunnable, (request, reply) => localise(request, reply, hooks, onlyKey, 'single'));
  app.post<EntryParams>(`${api}/:type/:id/localizations`, dryRunnable, (request, reply) =>
    localise(request, reply, hooks, ({ collection }) => keyNamed(collection, request.params.id), 'many'),
  );
  app.put<EntryParams>(`${api}/:type/:id`, dryRunnable, (request, reply) => update(request, reply, hooks));
  app.delete<EntryParams>(`${api}/:type/:id`, dryRunnable, (request, reply) => remove(request, reply, hooks));
};
