/** What a request says of itself: its query, the form of entries it wants, the type that its path names. */
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { bearerOf } from '../../lib/bearer.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Project } from '../../projects/project.ts';
import type { Collection } from '../../schema/types.ts';
import { actingRole } from '../acting.ts';
import { type BracketGroup, parseBrackets } from '../bracket-query.ts';
import { type CallerContext, identified, recalled } from '../caller.ts';
import { keySpelled } from './keys.ts';
import { type ContentType, contentTypes } from './names.ts';
import type { Asked } from './parse.ts';
import type { Format } from './view.ts';

/** The text behind the question mark. */
export function rawQuery(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : (url.slice(at + 1).split('#')[0] ?? '');
}

interface Read {
  readonly query: BracketGroup;
}

const queries = new WeakMap<Project, LRUCache<string, Read>>();

/** The query of a request; the same text is read once. */
export function queryOf({ project, url }: FastifyRequest): BracketGroup {
  const text = rawQuery(url);
  let known = queries.get(project);
  if (!known) {
    known = new LRUCache<string, Read>({ max: 2000, maxSize: 1_000_000, sizeCalculation: (_, key) => key.length + 1 });
    queries.set(project, known);
  }
  const found = known.get(text);
  if (found) return found.query;
  const query = parseBrackets(text, project.limits);
  known.set(text, { query });
  return query;
}

/** The form of entries: by a header, else by the project's setting (S-34). */
function formatOf({ headers, project }: FastifyRequest): Format {
  const asked = String(headers['strapi-response-format'] ?? '').toLowerCase();
  return asked === 'v5' || asked === 'v4' ? asked : (project.config.strapi?.format ?? 'v4');
}

/** The parameters of the request's query. */
export function askedOf(request: FastifyRequest): Asked {
  return { query: queryOf(request), format: formatOf(request) };
}

/** The caller, known by a token in the header alone. Throws `invalid_token` for one that names nobody who may sign in (S-35). */
export async function callerOf(request: FastifyRequest): Promise<CallerContext> {
  const context = await identified(request, undefined);
  const nobody = context.actor.is !== 'user' && actingRole(request) === undefined;
  if (nobody && bearerOf(request.headers) !== undefined) throw new GatewayError('invalid_token');
  return context;
}

/** The caller who is known from before; undefined for one who must be looked up. */
export function recalledCaller(request: FastifyRequest): CallerContext | undefined {
  return recalled(request, undefined);
}

/** The type of that API id. Throws `route_not_found`. */
export function typeNamed({ schema, project }: Pick<CallerContext, 'schema' | 'project'>, id: string): ContentType {
  const type = contentTypes(schema, project.config.strapi?.types).byId.get(id);
  if (!type) throw new GatewayError('route_not_found');
  return type;
}

/** The text as a key of the collection; what is none names no entry. */
export function keyNamed(collection: Collection, text: string): string {
  const key = keySpelled(collection, text);
  if (key !== undefined) return key;
  throw new GatewayError('item_not_found', { id: text });
}
