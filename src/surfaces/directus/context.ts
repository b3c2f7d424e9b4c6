/** What every Directus route starts with: the project's state and the actor. */
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { identify, recall } from '../../auth/identify.ts';
import type { Connection } from '../../dialect/types.ts';
import type { ReadContext } from '../../engine/read.ts';
import { startTimings } from '../../lib/timings.ts';
import type { Project } from '../../projects/project.ts';
import { isProvisional } from '../../projects/provisional.ts';
import { fileDataFor } from './file-data.ts';
import { type PhpMap, parsePhpQuery, rawQuery } from './parse.ts';
import { textOf } from './php-query.ts';

export interface DirectusContext extends ReadContext {
  readonly connection: Connection;
  readonly project: Project;
  readonly query: PhpMap;
  /** The text that `query` was read from. */
  readonly rawQuery: string;
  /** Tells apart identifications of the same credential; absent when the actor was identified for this request. */
  readonly serial?: number;
}

/** Read once: asking the environment is a call into the system. */
const timed = process.env['SERVER_TIMING'] === 'true';

/** Queries read before. One that carries a token is never kept. */
const queries = new LRUCache<string, PhpMap>({ max: 2000, maxSize: 1_000_000, sizeCalculation: (_, text) => text.length + 1 });

/** The query that the text behind the question mark stands for. */
export function queryOf(text: string): PhpMap {
  let query = queries.get(text);
  if (!query) {
    query = parsePhpQuery(text);
    if (!query.has('access_token')) queries.set(text, query);
  }
  return query;
}

/**
 * Identifies the caller and pins schema and rules for the request. Who does again what failed under a provisional schema need not wait
 * for a `settled` one.
 */
export async function contextOf(request: FastifyRequest, schema: 'settled' | 'provisional' = 'settled'): Promise<DirectusContext> {
  const { project } = request;
  if (schema === 'settled' && isProvisional(project.schemas.current)) await project.schemas.settled();
  const timings = timed ? startTimings() : undefined;
  const state = { schema: project.schemas.current, rules: project.rules.current };
  const raw = rawQuery(request.url);
  const query = queryOf(raw);
  const token = textOf(query, 'access_token');
  const actor = await identify(request, project, state, token).catch(async (error: unknown) => {
    if (!isProvisional(state.schema)) throw error;
    await project.schemas.settled();
    Object.assign(state, { schema: project.schemas.current, rules: project.rules.current });
    return identify(request, project, state, token);
  });
  timings?.mark('identify');
  return {
    ...state,
    actor,
    connection: project.connection,
    limits: project.limits,
    sealer: project.sealer,
    fileData: fileDataFor(request),
    project,
    query,
    rawQuery: raw,
    ...(timings ? { timings } : {}),
  };
}

/** The same without asking who the caller is, where that is known from before; what is read under it must be proven. */
export function recalledContext(request: FastifyRequest): DirectusContext | undefined {
  const { project } = request;
  const { current: schema } = project.schemas;
  // The users themselves may be what is just being read.
  if (isProvisional(schema)) return undefined;
  const { current: rules } = project.rules;
  const raw = rawQuery(request.url);
  const query = queryOf(raw);
  const known = recall(request, project, { schema, rules }, textOf(query, 'access_token'));
  if (!known) return undefined;
  const { actor, proof } = known;
  const serial = proof?.serial ?? 0;
  const { connection, limits, sealer } = project;
  const fileData = fileDataFor(request);
  const context = { schema, rules, actor, connection, limits, sealer, fileData, project, query, rawQuery: raw, serial };
  if (!timed && !proof) return context;
  return { ...context, ...(proof ? { proof: proof.condition } : {}), ...(timed ? { timings: startTimings() } : {}) };
}
