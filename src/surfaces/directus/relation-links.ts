/** Relations that are made, changed and deleted together with real foreign keys; administrators only. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createRelation, relationRemoval, updateRelation } from '../../engine/editing/relations.ts';
import { GatewayError } from '../../lib/errors.ts';
import { refuseDryRun } from '../dry-run.ts';
import { answerEdit } from './answer-edit.ts';
import { contextOf, type DirectusContext, queryOf } from './context.ts';
import { edited, objectOf } from './edited.ts';
import { rawQuery } from './parse.ts';
import { textOf } from './php-query.ts';
import { answerRemoval } from './removals.ts';
import { filteredChange, tellChange } from './schema-hooks.ts';
import { demandBody } from './write.ts';

const collection = 'directus_relations';

/** Whether a write of relations says something of foreign keys: in its body, or deleting in its query. */
export function speaksOfLinks(request: FastifyRequest): boolean {
  if (request.method === 'DELETE') return textOf(queryOf(rawQuery(request.url)), 'foreign_key') === '1';
  const { body } = request;
  if (Array.isArray(body)) return body.some((one) => one !== null && typeof one === 'object' && 'foreign_key' in one);
  return body !== null && typeof body === 'object' && 'foreign_key' in body;
}

async function administrating(request: FastifyRequest): Promise<DirectusContext> {
  const context = await contextOf(request);
  if (context.actor.is !== 'user') throw new GatewayError('unauthorized');
  if (!context.actor.admin) throw new GatewayError('forbidden', { message: 'Only administrators make and drop foreign keys' });
  return context;
}

function demandOne(request: FastifyRequest): void {
  if (Array.isArray(request.body)) {
    throw new GatewayError('unprocessable', { message: 'foreign_key: send the relations that get foreign keys one by one' });
  }
}

/** The relation as it is known by now: what is done is done, and not to be read once more. */
function relationText({ project }: DirectusContext, id: string): string {
  const row = project.schemas.metadata.relations.find((one) => String(one.id) === id);
  if (!row) throw new GatewayError('item_not_found', { id });
  const { collection_many, field_many, collection_one, field_one, junction_field } = row;
  return JSON.stringify({ id: row.id, collection_many, field_many, collection_one, field_one, junction_field });
}

/** POST of a relation. */
export async function createLinked(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  refuseDryRun(request);
  const context = await administrating(request);
  demandOne(request);
  const event = { action: 'create', collection } as const;
  const sent = objectOf(demandBody(request));
  return answerEdit(request, reply, context, {
    async run(done) {
      const body = await filteredChange(context, event, sent);
      const id = await edited(request, context, (edit) => createRelation(edit, body), done);
      tellChange(context, { ...event, keys: [id] }, [body]);
      return id;
    },
    answer: (id) => relationText(context, id),
  });
}

/** PATCH of one relation. */
export async function changeLinked(request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> {
  refuseDryRun(request);
  const context = await administrating(request);
  demandOne(request);
  const event = { action: 'update', collection, keys: [id] } as const;
  const sent = objectOf(demandBody(request));
  return answerEdit(request, reply, context, {
    async run(done) {
      const body = await filteredChange(context, event, sent);
      await edited(request, context, (edit) => updateRelation(edit, edit.relations, id, body), done);
      tellChange(context, event, [body]);
      return id;
    },
    answer: () => relationText(context, id),
  });
}

/** DELETE of one relation. */
export async function deleteLinked(request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> {
  const context = await administrating(request);
  const event = { action: 'delete', collection, keys: [id] } as const;
  return answerRemoval(request, reply, context, event, (edit) => relationRemoval(edit, edit.relations, id));
}
