/** What every Directus route starts with: the project's state and the actor. */
import type { FastifyRequest } from 'fastify';
import { identify } from '../../auth/identify.ts';
import type { ReadContext } from '../../engine/read.ts';
import { startTimings } from '../../lib/timings.ts';
import type { Project } from '../../projects/project.ts';
import { type PhpMap, parsePhpQuery, rawQuery } from './parse.ts';
import { textOf } from './php-query.ts';

export interface DirectusContext extends ReadContext {
  readonly project: Project;
  readonly query: PhpMap;
}

/** Identifies the caller and pins schema and rules for the request. */
export async function contextOf(request: FastifyRequest): Promise<DirectusContext> {
  const { project } = request;
  const timings = process.env['SERVER_TIMING'] === 'true' ? startTimings() : undefined;
  const query = parsePhpQuery(rawQuery(request.url));
  const state = { schema: project.schemas.current, rules: project.rules.current };
  const actor = await identify(request, project, state, textOf(query, 'access_token'));
  timings?.mark('identify');
  return { ...state, ...(timings ? { timings } : {}), actor, connection: project.connection, project, query };
}
