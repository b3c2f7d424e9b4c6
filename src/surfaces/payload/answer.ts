/** Which operation a path and a method ask for (payload-rest §2, §3): literal segments win over ids. */
import type { FastifyReply } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { isProvisional } from '../../projects/provisional.ts';
import type { Collection } from '../../schema/types.ts';
import { refuseDryRun } from '../dry-run.ts';
import { accessOf, showAccess } from './access.ts';
import { authOperation } from './auth.ts';
import { create, remove, removeMatching, update, updateMatching } from './documents.ts';
import { duplicate } from './duplicate.ts';
import { customEndpoint } from './endpoints.ts';
import { findText, type Wanted } from './find.ts';
import { showGlobal, updateGlobal } from './globals.ts';
import { mediaOperation } from './media.ts';
import { preferenceOperation } from './preferences.ts';
import { sendText } from './respond.ts';
import type { Serving } from './serving.ts';
import { slugsOf } from './slugs.ts';
import { versionOperation } from './versions.ts';

/** Answers the request. Throws `route_not_found` for a path or method that is none. */
export async function answer(serving: Serving): Promise<FastifyReply> {
  const { asking } = serving;
  const { request } = asking;
  const { project } = request;
  if (isProvisional(project.schemas.current)) await project.schemas.settled();
  const slugs = slugsOf(project.schemas.current);
  const [first = '', ...rest] = asking.path;
  if (first === 'globals') return onGlobal(serving, rest);
  if (preferenceSegments.has(first)) {
    refuseDryRun(request);
    return preferenceOperation(serving, rest) ?? noRoute();
  }
  const collection = slugs.collection(first);
  if (!collection) {
    const custom = customEndpoint(serving, 'root', asking.path);
    if (custom) return custom;
    return first === 'access' && rest.length === 0 && asking.method === 'GET' ? showAccess(serving) : noRoute();
  }
  const custom = customEndpoint(serving, `collections/${slugs.of(collection) ?? first}`, rest);
  if (custom) return custom;
  if (collection.name === 'directus_users') {
    const operation = authOperation(serving, rest);
    if (operation) return operation;
  }
  if (collection.name === 'directus_files') {
    const operation = mediaOperation(serving, rest);
    if (operation) return operation;
  }
  return onCollection(serving, collection, rest);
}

const preferenceSegments: ReadonlySet<string> = new Set(['_preferences', 'payload-preferences']);

function noRoute(): never {
  throw new GatewayError('route_not_found');
}

function onGlobal(serving: Serving, [slug = '', ...more]: readonly string[]): Promise<FastifyReply> {
  const { method, request } = serving.asking;
  const collection = slugsOf(request.project.schemas.current).global(slug);
  const custom = collection && customEndpoint(serving, `globals/${slugsOf(request.project.schemas.current).of(collection) ?? slug}`, more);
  if (custom) return custom;
  const versions = collection && more[0] === 'versions' ? versionOperation(serving, collection, more.slice(1)) : undefined;
  if (versions) return versions;
  if (collection && method === 'POST' && more.length === 1 && more[0] === 'access') return accessOf(serving, collection, undefined);
  if (!collection || more.length > 0) return noRoute();
  if (method === 'GET') return showGlobal(serving, collection, slug);
  return method === 'POST' ? updateGlobal(serving, collection) : noRoute();
}

function onCollection(serving: Serving, collection: Collection, rest: readonly string[]): Promise<FastifyReply> {
  const { method } = serving.asking;
  const { name } = collection;
  const [id, ...more] = rest;
  const versions = id === 'versions' ? versionOperation(serving, collection, more) : undefined;
  if (versions) return versions;
  if (id === 'access' && method === 'POST' && more.length < 2) return accessOf(serving, collection, more[0]);
  if (id === undefined) {
    if (method === 'GET') return find(serving, { is: 'list', collection: name });
    if (method === 'POST') return create(serving, name);
    if (method === 'PATCH') return updateMatching(serving, name);
    if (method === 'DELETE') return removeMatching(serving, name);
  } else if (more.length === 0) {
    if (method === 'GET')
      return find(serving, id === 'count' ? { is: 'count', collection: name } : { is: 'document', collection: name, id });
    if (method === 'PATCH' || method === 'PUT') return update(serving, name, id);
    if (method === 'DELETE') return remove(serving, name, id);
  } else if (method === 'POST' && more[0] === 'duplicate' && more.length === 1) {
    return duplicate(serving, name, id);
  }
  return noRoute();
}

async function find({ asking, reply, hooks }: Serving, wanted: Wanted): Promise<FastifyReply> {
  return sendText(reply, await findText(asking, wanted, hooks));
}
