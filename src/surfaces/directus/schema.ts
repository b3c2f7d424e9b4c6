/** Reading the schema: GET /collections and /fields (directus8-system §7, §8). */
import type { FastifyPluginAsync } from 'fastify';
import { accessOf } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { inSlices, type Sliced } from '../../lib/slices.ts';
import { collectionOf } from '../../query/bind.ts';
import type { Collection } from '../../schema/types.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { collectionObject, fieldObjects, type Hidden, oneFieldObject } from './field-object.ts';
import { send } from './respond.ts';

/** Whoever may read `metadata` may read the schema; a single name that may not be read is not found (directus8-data §3.2). */
function demandRead(context: DirectusContext, metadata: string, name?: string): void {
  const collection = context.schema.collections.get(metadata);
  if (collection && accessOf(context).visible.collection(collection)) return;
  if (name !== undefined) throw new GatewayError('item_not_found', { id: name });
  throw new GatewayError(context.actor.is === 'user' ? 'read_denied' : 'unauthorized', { collection: metadata });
}

/** Fields and relations that the caller may read in no row stay unnamed, where rows of the collection may be read at all. */
function hiddenFrom(context: DirectusContext): Hidden {
  const { visible } = accessOf(context);
  return (one) => {
    const collection = context.schema.collections.get(one.collection);
    if (!collection || !visible.collection(collection)) return false;
    if ('kind' in one) return !visible.relation(one);
    return !one.secret && visible.field(one) === 'no';
  };
}

/** Stored rows first, then the tables no row speaks of; a view is listed when a row names it. */
function listed(context: DirectusContext): Collection[] {
  const all = [...context.schema.collections.values()];
  const rows = all.filter((collection) => collection.meta);
  return [...rows, ...all.filter((collection) => !collection.meta && collection.kind === 'table')];
}

/** A list of what there is to say of each collection, as JSON. Others are served while that of thousands is written. */
function listText(context: DirectusContext, objects: (collection: Collection) => readonly unknown[]): Promise<string> {
  return inSlices(writing(listed(context), objects));
}

function* writing(collections: readonly Collection[], objects: (collection: Collection) => readonly unknown[]): Sliced<string> {
  const texts: string[] = [];
  for (const collection of collections) {
    yield;
    for (const object of objects(collection)) texts.push(JSON.stringify(object));
  }
  return `[${texts.join(',')}]`;
}

export const schemaRoutes: FastifyPluginAsync = async (app) => {
  app.get('/:project/collections', async (request, reply) => {
    const context = await contextOf(request);
    demandRead(context, 'directus_collections');
    const hidden = hiddenFrom(context);
    const data = await listText(context, (collection) => [collectionObject(collection, hidden)]);
    return send(reply, context.actor, { data });
  });

  app.get<{ Params: { collection: string } }>('/:project/collections/:collection', async (request, reply) => {
    const context = await contextOf(request);
    const { collection: text } = request.params;
    const names = text.split(',');
    demandRead(context, 'directus_collections', names.length === 1 ? text : undefined);
    const hidden = hiddenFrom(context);
    const objects = names.map((name) => {
      const collection = context.schema.collections.get(name);
      if (!collection) throw new GatewayError('item_not_found', { id: name });
      return collectionObject(collection, hidden);
    });
    return send(reply, context.actor, { data: JSON.stringify(names.length === 1 ? objects[0] : objects) });
  });

  app.get('/:project/fields', async (request, reply) => {
    const context = await contextOf(request);
    demandRead(context, 'directus_fields');
    const hidden = hiddenFrom(context);
    return send(reply, context.actor, { data: await listText(context, (collection) => fieldObjects(collection, hidden)) });
  });

  app.get<{ Params: { collection: string } }>('/:project/fields/:collection', async (request, reply) => {
    const context = await contextOf(request);
    demandRead(context, 'directus_fields');
    const collection = collectionOf(context.schema, request.params.collection);
    return send(reply, context.actor, { data: JSON.stringify(fieldObjects(collection, hiddenFrom(context))) });
  });

  app.get<{ Params: { collection: string; field: string } }>('/:project/fields/:collection/:field', async (request, reply) => {
    const context = await contextOf(request);
    demandRead(context, 'directus_fields', request.params.field);
    const collection = collectionOf(context.schema, request.params.collection);
    const names = request.params.field.split(',');
    const objects = names.map((name) => {
      const object = oneFieldObject(collection, name, hiddenFrom(context));
      if (!object) throw new GatewayError('field_not_found', { field: name });
      return object;
    });
    return send(reply, context.actor, { data: JSON.stringify(names.length === 1 ? objects[0] : objects) });
  });
};
