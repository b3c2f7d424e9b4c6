/** What is told to extensions once the answer is out: nothing of it shows in the answer or in its time. */
import type { FastifyRequest } from 'fastify';
import { publicRole } from '../access/compile-rules.ts';
import type { Actor } from '../access/types.ts';
import { callerOf, type HookGiven } from '../engine/hooks.ts';
import type { Project } from '../projects/project.ts';

/** Is given the status of the answer; it never throws. */
type Afterwards = (status: number) => void;

declare module 'fastify' {
  interface FastifyRequest {
    /** What waits for the answer to be out; null for nothing, `over` once it is out or will never be. Set by server/project-hook. */
    afterwards: Afterwards[] | 'over' | null;
  }

  interface FastifyInstance {
    /** What hooks of a project work with for an actor; set by the server. */
    readonly hookServices: (project: Project, actor: Actor) => NonNullable<HookGiven['services']>;
  }
}

/** Runs it when the answer is out, or at once where the client has gone already. */
export function afterAnswer(request: FastifyRequest, run: Afterwards): void {
  if (request.afterwards === 'over') run(200);
  else {
    request.afterwards ??= [];
    request.afterwards.push(run);
  }
}

/** Runs what waits. */
export function runAfterwards(request: FastifyRequest, status: number): void {
  const { afterwards } = request;
  request.afterwards = 'over';
  if (Array.isArray(afterwards)) for (const run of afterwards) run(status);
}

/** Whoever it is that a request comes from. */
export function nobodyOf({ ip }: FastifyRequest): Actor {
  return { is: 'public', role: publicRole, ip };
}

/** What hooks are told of whoever a request comes from. */
export function hookGiven({ server, project }: FastifyRequest, actor: Actor): HookGiven {
  return { caller: callerOf(actor), services: server.hookServices(project, actor) };
}
