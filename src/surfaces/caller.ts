/** What a request starts with on every surface: the project's state and who asks. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../access/types.ts';
import { identify, recall } from '../auth/identify.ts';
import type { Connection } from '../dialect/types.ts';
import type { FileData } from '../engine/file-data.ts';
import type { ReadContext } from '../engine/read.ts';
import type { Timings } from '../lib/timings.ts';
import type { Project } from '../projects/project.ts';
import { isProvisional } from '../projects/provisional.ts';
import { actingRole, inRole } from './acting.ts';
import { fileDataFor } from './file-data.ts';
import './types.ts';

export interface CallerContext extends ReadContext {
  readonly connection: Connection;
  readonly project: Project;
  /** Tells apart identifications of the same credential; absent when the actor was identified for this request. */
  readonly serial?: number;
  /** The administrator who acts as the actor's role, where one does. */
  readonly administrator?: Actor;
}

const isRead = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** The same caller for what only reads: from a copy of the database, where the project has one that is good for it. */
export async function forReading<Context extends CallerContext>(context: Context): Promise<Context> {
  const { replicas } = context.project;
  return replicas ? { ...context, connection: await replicas.reading(context.administrator ?? context.actor) } : context;
}

/** The same caller for what may change something: from the primary, which is noted, so that he sees what he wrote. */
export function forWriting<Context extends CallerContext>(context: Context): Context {
  const { replicas } = context.project;
  return replicas ? { ...context, connection: replicas.writing(context.administrator ?? context.actor) } : context;
}

/** Of somebody who is known from before. */
export interface RecalledContext extends CallerContext {
  readonly fileData: FileData;
  readonly serial: number;
}

/**
 * Identifies the caller and pins schema and rules for the request. `token` is what the query holds as one. Who does again what failed
 * under a provisional schema need not wait for a `settled` one.
 */
export async function identified(
  request: FastifyRequest,
  token: string | undefined,
  schema: 'settled' | 'provisional' = 'settled',
): Promise<CallerContext> {
  const { project } = request;
  if (schema === 'settled' && isProvisional(project.schemas.current)) await project.schemas.settled();
  const timings = request.server.startTimings?.();
  const state = { schema: project.schemas.current, rules: project.rules.current };
  const actor = await identify(request, project, state, token).catch(async (error: unknown) => {
    if (!isProvisional(state.schema)) throw error;
    await project.schemas.settled();
    Object.assign(state, { schema: project.schemas.current, rules: project.rules.current });
    return identify(request, project, state, token);
  });
  timings?.mark('identify');
  const { connection, limits, sealer } = project;
  const fileData = fileDataFor(request);
  const known = { ...state, actor, connection, limits, sealer, fileData, project, ...(timings ? { timings } : {}) };
  const context = isRead(request) ? await forReading<CallerContext>(known) : forWriting<CallerContext>(known);
  const role = actingRole(request);
  return role === undefined ? context : { ...context, actor: inRole(actor, role, state.rules), administrator: actor, readOnly: true };
}

/**
 * The same without asking who the caller is, where that is known from before; what is read under it must be proven. That only the primary
 * can: who may read from a copy of the database is asked for.
 */
export function recalled(request: FastifyRequest, token: string | undefined): RecalledContext | undefined {
  const { project } = request;
  const { current: schema } = project.schemas;
  // Whether the caller may do that is asked each time.
  if (actingRole(request) !== undefined) return undefined;
  // The users themselves may be what is just being read.
  if (isProvisional(schema)) return undefined;
  const { current: rules } = project.rules;
  const known = recall(request, project, { schema, rules }, token);
  if (!known) return undefined;
  const { actor, proof } = known;
  if (isRead(request) && project.replicas?.mayServe(actor)) return undefined;
  return {
    schema,
    rules,
    actor,
    connection: project.replicas?.writing(actor) ?? project.connection,
    limits: project.limits,
    sealer: project.sealer,
    fileData: fileDataFor(request),
    project,
    serial: proof?.serial ?? 0,
    proof: proof?.condition,
    timings: request.server.startTimings?.(),
  };
}

/** Tells the caller how long each stage took, where that is wanted. */
export function tellTimings(reply: FastifyReply, timings: Timings): void {
  const header = timings.header();
  if (header !== undefined) reply.header('server-timing', header);
}

/** Whether both are the same user in the same role, or both nobody. */
export function sameActor({ actor: a }: CallerContext, { actor: b }: CallerContext): boolean {
  return a.is === 'user' && b.is === 'user' ? a.id === b.id && a.role === b.role : a.is === b.is;
}
