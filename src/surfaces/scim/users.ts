/** /:project/scim/v2/Users (directus8-system §17). */
import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { answerChange } from './answer-change.ts';
import { bodyOf } from './body.ts';
import { demandWriter, scimContext } from './caller.ts';

import { listOf, pageOf, sendScim } from './list.ts';
import { compares, listRows, rowOf } from './rows.ts';
import { newUser, text, userChanges, userResource } from './user-resource.ts';

const collection = 'directus_users';

type Named = FastifyRequest<{ Params: { id: string } }>;

async function update(request: Named, reply: FastifyReply): Promise<FastifyReply> {
  const context = await scimContext(request);
  demandWriter(context);
  const body = bodyOf(request);
  return answerChange(request, reply, context, {
    async run({ within, write }) {
      const found = await rowOf(within, collection, request.params.id);
      const item = await userChanges(found, body);
      if (Object.keys(item).length === 0) return userResource(found, context.base);
      await write({ is: 'update', collection, changes: [{ key: String(found['id']), item }] });
      return userResource(await rowOf(within, collection, request.params.id), context.base);
    },
  });
}

/** Users listed, read, made, changed (PUT and PATCH) and deleted. */
export const userRoutes: FastifyPluginAsync = async (app) => {
  const path = '/:project/scim/v2/Users';

  app.get(path, async (request, reply) => {
    const context = await scimContext(request);
    const page = pageOf(request, collection);
    const { rows, total } = await listRows(context, page);
    const resources = rows.map((row) => userResource(row, context.base));
    return sendScim(reply, context.actor, listOf(page, total, resources));
  });

  app.get<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
    const context = await scimContext(request);
    const row = await rowOf(context, collection, request.params.id);
    return sendScim(reply, context.actor, userResource(row, context.base));
  });

  app.post(path, async (request, reply) => {
    const context = await scimContext(request);
    demandWriter(context);
    const body = bodyOf(request);
    const external = text(body['externalId']);
    const item = { ...newUser(body), external_id: external === '' ? randomUUID() : external };
    return answerChange(request, reply, context, {
      async run({ within, write }) {
        const [key = ''] = await write({ is: 'create', collection, items: [item] });
        const { rows } = await listRows(within, { collection, where: compares('id', 'eq', key) });
        return userResource(rows[0] ?? { ...item, id: key }, context.base);
      },
      status: 201,
    });
  });

  app.put<{ Params: { id: string } }>(`${path}/:id`, update);
  app.patch<{ Params: { id: string } }>(`${path}/:id`, update);

  app.delete<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
    const context = await scimContext(request);
    demandWriter(context);
    return answerChange(request, reply, context, {
      async run({ within, write }) {
        const found = await rowOf(within, collection, request.params.id);
        await write({ is: 'update', collection, changes: [{ key: String(found['id']), item: { status: 'deleted' } }] });
        return undefined;
      },
    });
  });
};
