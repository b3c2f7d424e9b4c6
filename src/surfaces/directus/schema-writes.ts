/** Changing the schema: POST, PATCH and DELETE of /collections and /fields (directus8-system §7, §8). */

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Attributes } from '../../engine/editing/attributes.ts';
import { createCollection, updateCollection } from '../../engine/editing/collections.ts';
import { collectionRemoval } from '../../engine/editing/delete-collection.ts';
import { fieldRemoval } from '../../engine/editing/delete-field.ts';
import { createField, updateFields } from '../../engine/editing/fields.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, type Json } from '../../lib/json-body.ts';
import { isSystemName } from '../../schema/system.ts';
import { dryRunnable } from '../dry-run.ts';
import { answerEdit } from './answer-edit.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { edited, objectOf } from './edited.ts';
import { collectionObject, oneFieldObject } from './field-object.ts';
import { textOf } from './php-query.ts';
import { answerRemoval } from './removals.ts';
import { filteredChange, tellChange } from './schema-hooks.ts';
import { demandBody } from './write.ts';

type Action = 'create' | 'update' | 'delete';

/** Administrators only (directus8-system §26); others are told as of any write, but of collections. */
function demandAdministrator({ actor }: DirectusContext, what: 'collections' | 'fields', action: Action): void {
  if (actor.is === 'user' && actor.admin) return;
  if (what === 'collections') throw new GatewayError('unauthorized');
  throw new GatewayError(`${action}_denied`, { collection: 'directus_fields' });
}

function collectionText({ project }: DirectusContext, name: string): string {
  const collection = project.schemas.current.collections.get(name);
  if (!collection) throw new GatewayError('item_not_found', { id: name });
  const { managed, hidden, single, icon, note, translation } = collectionObject(collection, () => false);
  return JSON.stringify({ collection: name, managed, hidden, single, icon, note, translation });
}

function fieldsText({ project }: DirectusContext, name: string, fields: readonly string[], single: boolean): string {
  const collection = project.schemas.current.collections.get(name);
  const objects = fields.map((field) => (collection ? oneFieldObject(collection, field, () => false) : undefined) ?? null);
  return JSON.stringify(single ? objects[0] : objects);
}

/** The changes of `PATCH /fields/:collection`: a list of objects, each with its field. */
function listedChanges(body: Json): (readonly [string, Attributes])[] {
  if (!isJsonList(body) || body.length === 0) throw new GatewayError('invalid_payload');
  return body.map((one) => {
    const attributes = objectOf(one);
    const { field } = attributes;
    if (typeof field !== 'string' || field === '')
      throw new GatewayError('validation', { message: 'field: This value should not be blank.' });
    return [field, attributes];
  });
}

/** What goes can be told before it does; what is made or changed cannot. */
interface Named {
  Params: { collection: string; field: string };
}

/** Tables and columns made, changed and deleted, by administrators alone. */
export const schemaWriteRoutes: FastifyPluginAsync = async (app) => {
  app.post('/:project/collections', async (request, reply) => {
    const context = await contextOf(request);
    demandAdministrator(context, 'collections', 'create');
    const sent = objectOf(demandBody(request));
    const wanted = sent['collection'];
    const event = { action: 'collection.create', collection: typeof wanted === 'string' ? wanted : '' } as const;
    return answerEdit(request, reply, context, {
      async run(done) {
        const body = await filteredChange(context, event, sent);
        const name = await edited(request, context, (edit) => createCollection(edit, body), done);
        tellChange(context, { ...event, collection: name }, [body]);
        return name;
      },
      answer: (name) => collectionText(context, name),
    });
  });

  app.patch<Named>('/:project/collections/:collection', async (request, reply) => {
    const context = await contextOf(request);
    demandAdministrator(context, 'collections', 'update');
    const { collection } = request.params;
    const event = { action: 'collection.update', collection } as const;
    const sent = objectOf(demandBody(request));
    return answerEdit(request, reply, context, {
      async run(done) {
        const body = await filteredChange(context, event, sent);
        await edited(request, context, (edit) => updateCollection(edit, collection, body), done);
        tellChange(context, event, [body]);
        return collection;
      },
      answer: () => collectionText(context, collection),
    });
  });

  app.delete<Named>('/:project/collections/:collection', dryRunnable, async (request, reply) => {
    const context = await contextOf(request);
    const { collection } = request.params;
    if (context.actor.is !== 'user' || !context.actor.admin) throw new GatewayError('alter_denied', { collection });
    const event = { action: 'collection.delete', collection } as const;
    return answerRemoval(request, reply, context, event, (edit) => collectionRemoval(edit, edit.relations, collection));
  });

  app.post<Named>('/:project/fields/:collection', async (request, reply) => {
    const context = await contextOf(request);
    demandAdministrator(context, 'fields', 'create');
    const sent = objectOf(demandBody(request));
    const { collection } = request.params;
    const event = { action: 'field.create', collection } as const;
    return answerEdit(request, reply, context, {
      async run(done) {
        const keys = typeof sent['field'] === 'string' ? { keys: [sent['field']] } : {};
        const body = await filteredChange(context, { ...event, ...keys }, sent);
        const field = await edited(request, context, (edit) => createField(edit, collection, body), done);
        tellChange(context, { ...event, keys: [field] }, [body]);
        return field;
      },
      answer: (field) => fieldsText(context, collection, [field], true),
    });
  });

  /** Changes fields, and answers with them. */
  function change(
    request: FastifyRequest<Named>,
    reply: FastifyReply,
    context: DirectusContext,
    sent: readonly (readonly [field: string, attributes: Attributes])[],
    single: boolean,
  ): Promise<FastifyReply> {
    const { collection } = request.params;
    const event = { action: 'field.update', collection } as const;
    const keys = sent.map(([field]) => field);
    return answerEdit(request, reply, context, {
      async run(done) {
        const changes: (readonly [field: string, attributes: Attributes])[] = [];
        for (const [field, attributes] of sent)
          changes.push([field, await filteredChange(context, { ...event, keys: [field] }, attributes)]);
        await edited(request, context, (edit) => updateFields(edit, collection, changes), done);
        const bodies = changes.map(([, attributes]) => attributes);
        tellChange(context, { ...event, keys }, bodies);
        return '';
      },
      answer: () => fieldsText(context, collection, keys, single),
    });
  }

  app.patch<Named>('/:project/fields/:collection', async (request, reply) => {
    const context = await contextOf(request);
    demandAdministrator(context, 'fields', 'update');
    if (isSystemName(request.params.collection)) throw new GatewayError('system_collection');
    return change(request, reply, context, listedChanges(demandBody(request)), false);
  });

  app.patch<Named>('/:project/fields/:collection/:field', async (request, reply) => {
    const context = await contextOf(request);
    demandAdministrator(context, 'fields', 'update');
    const { collection, field } = request.params;
    const names = field.split(',');
    if (names.length > 1 && isSystemName(collection)) throw new GatewayError('system_collection');
    const body = objectOf(demandBody(request));
    const sent = names.map((name) => [name, body] as const);
    return change(request, reply, context, sent, names.length === 1);
  });

  app.delete<Named>('/:project/fields/:collection/:field', dryRunnable, async (request, reply) => {
    const context = await contextOf(request);
    demandAdministrator(context, 'fields', 'delete');
    const { collection, field } = request.params;
    const junction = textOf(context.query, 'delete_junction') === '1';
    const event = { action: 'field.delete', collection, keys: [field] } as const;
    return answerRemoval(request, reply, context, event, (edit) => fieldRemoval(edit, edit.relations, { collection, field, junction }));
  });
};
