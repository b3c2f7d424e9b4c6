/** /users: accounts as bare objects (strapi-rest §12). */

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { userById } from '../../auth/users.ts';
import { prepareRead, type ReadContext, type ReadResult, runRead } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Json, JsonObject } from '../../lib/json-body.ts';
import { collectionOf } from '../../query/bind.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import { dryRunnable } from '../dry-run.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { withinOutputs } from './answer.ts';
import { answerWrite, type WriteRoute } from './answer-write.ts';
import { objectOf } from './body.ts';
import { api } from './content.ts';
import { onlyMethods } from './only-methods.ts';
import { parseRead, type Wanted } from './parse.ts';
import { jsonType } from './read.ts';
import { askedOf, callerOf, keyNamed } from './request.ts';
import { userObject, usersCollection } from './user-object.ts';
import { checkQuery, deleting, demand, saving, type Writing } from './write.ts';

interface UserParams {
  Params: { id: string };
}

const usersOf = ({ schema }: Pick<ReadContext, 'schema'>): Collection => collectionOf(schema, usersCollection);

async function readUsers(request: FastifyRequest, wanted: (context: CallerContext) => Wanted): Promise<ReadResult> {
  const asked = askedOf(request);
  return retryRequestOnSchemaChange(await callerOf(request), async (context) => {
    const { read } = parseRead(context, usersOf(context), asked, wanted(context), 'bare');
    return runRead(context, prepareRead(withinOutputs(context), read));
  });
}

async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { texts } = await readUsers(request, () => ({ is: 'list' }));
  return reply.type(jsonType).send(texts.between('[', ']'));
}

async function count(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { counts } = await readUsers(request, () => ({ is: 'list' }));
  return reply.type(jsonType).send(String(counts.filtered ?? 0));
}

async function one(request: FastifyRequest<UserParams>, reply: FastifyReply): Promise<FastifyReply> {
  const { texts } = await readUsers(request, (context) => ({ is: 'entry', keys: [keyNamed(usersOf(context), request.params.id)] }));
  if (texts.count === 0) throw new GatewayError('item_not_found');
  return reply.type(jsonType).send(texts.between('', ''));
}

/** Who asks; a role that may not read its users is told what sign-in tells (S-171). */
async function me(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const context = await callerOf(request);
  const { actor, connection, schema } = context;
  if (actor.is !== 'user') throw new GatewayError('not_signed_in');
  const found = await readUsers(request, () => ({ is: 'any', keys: [actor.id] })).catch((error: unknown) => {
    if (error instanceof GatewayError && error.kind === 'read_denied') return undefined;
    throw error;
  });
  if (found && found.texts.count > 0) return reply.type(jsonType).send(found.texts.between('', ''));
  const user = await userById(connection, schema, actor.id);
  if (!user) throw new GatewayError('not_signed_in');
  return reply.type(jsonType).send(JSON.stringify(userObject(user)));
}

/** Names of Strapi's as the columns that they stand for; `provider` says nothing here. */
function userData({ collection }: Writing, body: JsonObject, does: 'create' | 'update'): JsonObject {
  const { username, provider: _, confirmed, blocked, ...data } = body;
  const named = username !== undefined && collection.fields.has('username') ? { username } : {};
  const status: Json | undefined =
    data['status'] ??
    (blocked === true ? 'suspended' : confirmed === false ? 'invited' : blocked === false || does === 'create' ? 'active' : undefined);
  return { ...data, ...named, ...(status === undefined ? {} : { status }) };
}

function writeUser(
  request: FastifyRequest,
  reply: FastifyReply,
  hooks: SurfaceHooks,
  action: 'create' | 'update' | 'delete',
  prepare: WriteRoute['prepare'],
): Promise<FastifyReply> {
  return answerWrite(request, reply, hooks, {
    collection: usersOf,
    async prepare(writing) {
      demand(writing, action);
      checkQuery(writing);
      return prepare(writing);
    },
    outline: 'bare',
    answer: ({ result }) => ({
      status: action === 'create' ? 201 : 200,
      body: result && result.texts.count > 0 ? result.texts.between('', '') : '{}',
      contentType: jsonType,
    }),
  });
}

/** Accounts listed, counted, read and written; `me` is the caller. */
export const userRoutes: FastifyPluginAsync<{ readonly hooks: SurfaceHooks }> = async (app, { hooks }) => {
  const path = `${api}/users`;
  onlyMethods(app, path, ['GET', 'POST']);
  onlyMethods(app, `${path}/:id`, ['GET', 'PUT', 'DELETE']);
  app.get(path, list);
  app.get(`${path}/count`, count);
  app.get(`${path}/me`, me);
  app.get<UserParams>(`${path}/:id`, one);
  app.post(path, dryRunnable, (request, reply) =>
    writeUser(request, reply, hooks, 'create', async (writing) => saving(writing, userData(writing, objectOf(request), 'create'))),
  );
  app.put<UserParams>(`${path}/:id`, dryRunnable, (request, reply) =>
    writeUser(request, reply, hooks, 'update', async (writing) => {
      const key = keyNamed(writing.collection, request.params.id);
      return saving(writing, userData(writing, objectOf(request), 'update'), key);
    }),
  );
  app.delete<UserParams>(`${path}/:id`, dryRunnable, (request, reply) =>
    writeUser(request, reply, hooks, 'delete', async (writing) =>
      deleting(writing, keyNamed(writing.collection, request.params.id), 'bare'),
    ),
  );
};
