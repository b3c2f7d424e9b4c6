/** What a write of a surface runs with: the caller's context, the surface's syntax, what extensions listen to, and what follows. */
import type { FastifyRequest } from 'fastify';
import type { WriteContext } from '../engine/write.ts';
import type { NestedSyntax } from '../query/mutation.ts';
import { afterWrites } from './after-writes.ts';
import type { CallerContext } from './caller.ts';
import type { SurfaceHooks } from './hooks.ts';

/** The context of a write by the caller of that context. */
export function writeContext(
  request: FastifyRequest,
  context: CallerContext,
  syntax: NestedSyntax,
  hooks: SurfaceHooks,
  asDryRun = false,
): WriteContext {
  const { project, actor } = context;
  const userAgent = request.headers['user-agent'] ?? '';
  return writeContextOf(context, { userAgent, syntax }, hooks.writes(project, actor, undefined, asDryRun));
}

/** What a write runs with: what the caller's reads run with, and what follows. Written out, as two objects spread into one take ten times the room. */
export function writeContextOf(
  { actor, schema, rules, connection, limits, sealer, proof, readOnly, fileData, timings, project }: CallerContext,
  { userAgent, syntax, store }: Pick<WriteContext, 'userAgent' | 'syntax' | 'store'>,
  { filters, watch }: Pick<WriteContext, 'filters' | 'watch'>,
): WriteContext {
  const { released, rewritten, recorded } = afterWrites(project);
  return {
    actor,
    schema,
    rules,
    connection,
    limits,
    sealer,
    proof,
    readOnly,
    fileData,
    timings,
    userAgent,
    syntax,
    store,
    filters,
    watch,
    released,
    rewritten,
    recorded,
  };
}
