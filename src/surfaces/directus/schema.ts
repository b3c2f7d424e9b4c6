/** Reading the schema: GET /collections and /fields (directus8-system §7, §8). */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { accessOf } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { inSlices, type Sliced } from '../../lib/slices.ts';
import { collectionOf } from '../../query/bind.ts';
import type { RequestedRead } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { defaultLimit } from '../default-limit.ts';
import { parseSort } from '../parse-sort.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { collectionObject, fieldObjects, type Hidden, oneFieldObject } from './field-object.ts';
import { locationOf, metaText } from './meta.ts';
import { type DirectusRead, parsePage, parseRead } from './parse.ts';
import { listOf } from './php-query.ts';
import { send } from './respond.ts';

type FieldObject = Readonly<Record<string, unknown>>;

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

/** A collection whose fields are asked for by its name; who may read none of its rows learns nothing of them (directus8-system §8.3). */
function describedTo(context: DirectusContext, name: string): Collection {
  const collection = collectionOf(context.schema, name);
  demandRead(context, name);
  return collection;
}

/** One field; one that the caller may never read looks like one that is not there. */
function describedField(context: DirectusContext, collection: Collection, name: string): FieldObject {
  const object = oneFieldObject(collection, name, hiddenFrom(context));
  if (!object) throw new GatewayError('field_not_found', { field: name });
  return object;
}

/** Stored rows first, then the tables no row speaks of; a view is listed when a row names it. */
function listed(context: DirectusContext): Collection[] {
  const all = [...context.schema.collections.values()];
  const rows = all.filter((collection) => collection.meta);
  return [...rows, ...all.filter((collection) => !collection.meta && collection.kind === 'table')];
}

/** A limit of `GET /fields`: a negative one is none. */
function wholeLimit({ query }: DirectusContext): number | undefined {
  const { limit } = parsePage(query, -1, false).asked;
  return limit === undefined || limit < 0 ? undefined : limit;
}

/** By attributes of the field objects; what is null stands last. */
function sortedFields(objects: readonly FieldObject[], order: RequestedRead['order']): readonly FieldObject[] {
  if (!order || order === 'random') return objects;
  for (const { path } of order) {
    const name = path.join('.');
    if (!objects.every((object) => Object.hasOwn(object, name))) {
      throw new GatewayError('unknown_field', { field: name, collection: 'directus_fields' });
    }
  }
  return [...objects].sort((a, b) => {
    for (const { path, descending } of order) {
      const turn = compareValues(a[path.join('.')], b[path.join('.')], descending);
      if (turn !== 0) return turn;
    }
    return 0;
  });
}

function compareValues(a: unknown, b: unknown, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [one, other] = typeof a === 'number' && typeof b === 'number' ? [a, b] : [String(a), String(b)];
  if (one === other) return 0;
  return one < other === descending ? 1 : -1;
}

/** Of the whole list, where both a limit and an offset are given, as Directus 8 has it. */
function page(collections: readonly Collection[], { page: { limit, offset } }: DirectusRead): readonly Collection[] {
  if (limit === undefined || offset === undefined || limit < 0) return collections;
  return collections.slice(offset, offset + limit);
}

/** What `meta` counts are the stored rows alone. */
function storedMeta(request: FastifyRequest, context: DirectusContext, asked: DirectusRead): string | undefined {
  const collection = collectionOf(context.schema, 'directus_collections');
  const count = [...context.schema.collections.values()].filter(({ meta }) => meta).length;
  const counts = { total: count, filtered: count };
  return metaText(asked, { collection, counts, texts: { count } }, locationOf(request, context.rawQuery));
}

/** A list of what there is to say of each collection, as JSON. Others are served while that of thousands is written. */
function listText(collections: readonly Collection[], objects: (collection: Collection) => readonly unknown[]): Promise<string> {
  return inSlices(writing(collections, objects));
}

function* writing(collections: readonly Collection[], objects: (collection: Collection) => readonly unknown[]): Sliced<string> {
  const texts: string[] = [];
  for (const collection of collections) {
    yield;
    for (const object of objects(collection)) texts.push(JSON.stringify(object));
  }
  return `[${texts.join(',')}]`;
}

/** Collections and fields as the caller may see them, all or one; unknown and forbidden ones are not found alike. */
export const schemaRoutes: FastifyPluginAsync = async (app) => {
  app.get('/:project/collections', async (request, reply) => {
    const context = await contextOf(request);
    demandRead(context, 'directus_collections');
    const hidden = hiddenFrom(context);
    const asked = parseRead('directus_collections', context.query, defaultLimit(context));
    const names = listOf(context.query.get('fields'))?.filter((name) => name !== '') ?? [];
    const chosen = names.length > 0 ? new Set(names) : undefined;
    const data = await listText(page(listed(context), asked), (collection) => [collectionObject(collection, hidden, chosen)]);
    const meta = storedMeta(request, context, asked);
    return send(reply, context.actor, { data, ...(meta === undefined ? {} : { meta }) });
  });

  app.get<{ Params: { collection: string } }>('/:project/collections/:collection', async (request, reply) => {
    const context = await contextOf(request);
    const { collection: text } = request.params;
    const names = text.split(',');
    demandRead(context, 'directus_collections', names.length === 1 ? text : undefined);
    const hidden = hiddenFrom(context);
    const objects = names.flatMap((name) => {
      const collection = context.schema.collections.get(name);
      // Of several names those that are none are passed over, as keys of rows are.
      if (!collection && names.length === 1) throw new GatewayError('item_not_found', { id: name });
      return collection ? [collectionObject(collection, hidden)] : [];
    });
    return send(reply, context.actor, { data: JSON.stringify(names.length === 1 ? objects[0] : objects) });
  });

  app.get('/:project/fields', async (request, reply) => {
    const context = await contextOf(request);
    demandRead(context, 'directus_fields');
    const hidden = hiddenFrom(context);
    const { visible } = accessOf(context);
    const all = listed(context).filter((collection) => visible.collection(collection));
    const sorts = parseSort(listOf(context.query.get('sort')));
    const limit = wholeLimit(context);
    if (!sorts && limit === undefined)
      return send(reply, context.actor, { data: await listText(all, (collection) => fieldObjects(collection, hidden)) });
    const objects = all.flatMap((collection) => fieldObjects(collection, hidden));
    const data = JSON.stringify((sorts ? sortedFields(objects, sorts) : objects).slice(0, limit));
    return send(reply, context.actor, { data });
  });

  app.get<{ Params: { collection: string } }>('/:project/fields/:collection', async (request, reply) => {
    const context = await contextOf(request);
    demandRead(context, 'directus_fields');
    const collection = describedTo(context, request.params.collection);
    return send(reply, context.actor, { data: JSON.stringify(fieldObjects(collection, hiddenFrom(context))) });
  });

  app.get<{ Params: { collection: string; field: string } }>('/:project/fields/:collection/:field', async (request, reply) => {
    const context = await contextOf(request);
    demandRead(context, 'directus_fields', request.params.field);
    const collection = describedTo(context, request.params.collection);
    const names = request.params.field.split(',');
    const objects = names.map((name) => describedField(context, collection, name));
    return send(reply, context.actor, { data: JSON.stringify(names.length === 1 ? objects[0] : objects) });
  });
};
