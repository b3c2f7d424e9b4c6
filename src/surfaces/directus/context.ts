/** What every Directus route starts with: the caller, and the query. */
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type CallerContext, identified, recalled } from '../caller.ts';
import { type PhpMap, parsePhpQuery, rawQuery } from './parse.ts';
import { textOf } from './php-query.ts';

export interface DirectusContext extends CallerContext {
  readonly query: PhpMap;
  /** The text that `query` was read from. */
  readonly rawQuery: string;
}

/** Queries read before. One that carries a token is never kept. */
const queries = new LRUCache<string, PhpMap>({ max: 2000, maxSize: 1_000_000, sizeCalculation: (_, text) => text.length + 1 });

/** A request asks for its own several times in a row. */
let last: { readonly text: string; readonly query: PhpMap } | undefined;

/** The query that the text behind the question mark stands for. */
export function queryOf(text: string): PhpMap {
  if (last?.text === text) return last.query;
  let query = queries.get(text);
  if (!query) {
    query = parsePhpQuery(text);
    if (query.has('access_token')) return query;
    queries.set(text, query);
  }
  last = { text, query };
  return query;
}

/** Identifies the caller and pins schema and rules for the request (see `identified`). */
export async function contextOf(request: FastifyRequest, schema: 'settled' | 'provisional' = 'settled'): Promise<DirectusContext> {
  const raw = rawQuery(request.url);
  const query = queryOf(raw);
  return { ...(await identified(request, textOf(query, 'access_token'), schema)), query, rawQuery: raw };
}

/** The same without asking who the caller is (see `recalled`). */
export function recalledContext(request: FastifyRequest): DirectusContext | undefined {
  const raw = rawQuery(request.url);
  const query = queryOf(raw);
  const known = recalled(request, textOf(query, 'access_token'));
  if (!known) return undefined;
  const { schema, rules, actor, connection, limits, sealer, fileData, project, serial, proof, timings } = known;
  // Written out: two objects spread into one take ten times the room, of every read.
  return { schema, rules, actor, connection, limits, sealer, fileData, project, serial, proof, timings, query, rawQuery: raw };
}
