/** /:project/items/:collection and /:collection/:id (directus8-data §4). */

import type { FastifyPluginAsync } from 'fastify';
import { revertedItem } from '../../engine/revert.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type Json, numberText } from '../../lib/json-body.ts';
import { collectionOf } from '../../query/bind.ts';
import type { RequestedChange, RequestedItem } from '../../query/mutation.ts';
import { keyText } from '../../schema/keys.ts';
import { isSystemName } from '../../schema/system.ts';
import type { Collection } from '../../schema/types.ts';
import { dryRunnable } from '../dry-run.ts';
import { explainable } from '../explain-hook.ts';
import { takeFields } from './body.ts';
import { sendList } from './list.ts';
import { parseStatuses } from './parse.ts';
import { listOf, type PhpMap } from './php-query.ts';
import { sendRead } from './read.ts';
import { bodyItems, sendWrite } from './write.ts';
import { sendMatching } from './write-matching.ts';

interface ItemParams {
  project: string;
  collection: string;
  id: string;
}

interface RevertParams extends ItemParams {
  revision: string;
}

/** Throws `system_collection`. */
export function refuseSystem(collection: string): void {
  if (isSystemName(collection)) throw new GatewayError('system_collection');
}

/** Keys of a path segment: a comma anywhere makes it a list, and the answer too. */
export function keysOf(segment: string): string[] {
  return segment.split(',');
}

/** `upsert=field,field`: the columns by which rows that are there are found. */
export function upsertBy(query: PhpMap): readonly string[] | undefined {
  if (!query.has('upsert')) return undefined;
  return (listOf(query.get('upsert')) ?? []).map((name) => name.trim()).filter((name) => name !== '');
}

/** Reading, writing and reverting rows, one or many; writes have a dry run, reads are explained. */
export const itemRoutes: FastifyPluginAsync = async (app) => {
  await takeFields(app);
  app.get<{ Params: ItemParams }>('/:project/items/:collection', explainable, async (request, reply) => {
    const { collection } = request.params;
    refuseSystem(collection);
    return sendList(request, reply, collection);
  });

  app.get<{ Params: ItemParams }>('/:project/items/:collection/:id', explainable, async (request, reply) => {
    const { collection, id } = request.params;
    refuseSystem(collection);
    const keys = keysOf(id);
    return sendRead(request, reply, { collection, keys: () => keys });
  });

  app.post<{ Params: ItemParams }>('/:project/items/:collection', dryRunnable, async (request, reply) => {
    const { collection } = request.params;
    const { items, single } = bodyItems(request);
    refuseSystem(collection);
    return sendWrite(request, reply, ({ query }) => {
      const by = upsertBy(query);
      return { request: by ? { is: 'upsert', collection, by, items } : { is: 'create', collection, items }, single };
    });
  });

  app.patch<{ Params: ItemParams }>('/:project/items/:collection', dryRunnable, async (request, reply) => {
    const { collection } = request.params;
    const { items, single } = bodyItems(request);
    refuseSystem(collection);
    if (single) return sendMatching(request, reply, collection, items[0]);
    return sendWrite(request, reply, ({ schema, query }) => {
      if (query.has('filter')) throw new GatewayError('unprocessable', { message: 'filter: beside it the body is one object of values' });
      const changes = changesOf(collectionOf(schema, collection), items);
      return { request: { is: 'update', collection, changes, living: meansLiving(query) }, single: false };
    });
  });

  app.patch<{ Params: ItemParams }>('/:project/items/:collection/:id', dryRunnable, async (request, reply) => {
    const { collection, id } = request.params;
    const { items } = bodyItems(request);
    refuseSystem(collection);
    const keys = keysOf(id);
    const [item] = items;
    if (items.length > 1 || !item)
      throw new GatewayError('invalid_payload', { message: 'One object holds the values for every item named' });
    const changes = keys.map((key) => ({ key, item }));
    return sendWrite(request, reply, ({ query }) => {
      return { request: { is: 'update', collection, changes, living: meansLiving(query) }, single: keys.length === 1, keys };
    });
  });

  app.delete<{ Params: ItemParams }>('/:project/items/:collection', dryRunnable, async (request, reply) => {
    const { collection } = request.params;
    refuseSystem(collection);
    return sendMatching(request, reply, collection, undefined);
  });

  app.patch<{ Params: RevertParams }>('/:project/items/:collection/:id/revert/:revision', dryRunnable, async (request, reply) => {
    const { collection, id, revision } = request.params;
    refuseSystem(collection);
    return sendWrite(request, reply, async (context) => {
      const item = await revertedItem(context, collection, id, revision);
      return { request: { is: 'update', collection, changes: [{ key: id, item }] }, single: true, revert: true };
    });
  });

  app.delete<{ Params: ItemParams }>('/:project/items/:collection/:id', dryRunnable, async (request, reply) => {
    const { collection, id } = request.params;
    refuseSystem(collection);
    const keys = keysOf(id);
    return sendWrite(request, reply, () => ({ request: { is: 'delete', collection, keys }, single: false, keys }));
  });
};

/** By its key a soft-deleted item is found where the request says so, as it is by reads. */
const meansLiving = (query: PhpMap): boolean => parseStatuses(listOf(query.get('status')), true) === undefined;

/** A part of a key, as text. */
const partText = (value: Json): string | undefined =>
  typeof value === 'string' || typeof value === 'boolean' ? String(value) : numberText(value);

/** Each item with its key, which it must hold. */
export function changesOf(collection: Collection, items: readonly RequestedItem[]): RequestedChange[] {
  return items.map((item) => {
    const values = collection.key.map((field) => item[field.name]);
    const texts = values.flatMap((value) => (value === '' ? [] : (partText(value ?? null) ?? [])));
    if (collection.key.length === 0 || texts.length < collection.key.length) {
      throw new GatewayError('unprocessable', { message: 'Payload must include the primary key' });
    }
    return { key: keyText(texts), item };
  });
}
