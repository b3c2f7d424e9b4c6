/** Endpoints of extensions: of collections, of globals, and at the root of the API (payload-rest §14). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf as toldCaller } from '../../engine/hooks.ts';
import { respond } from '../../extensions/answer.ts';
import { type FoundPayloadRoute, findPayloadRoute, type PayloadRequest, type PayloadScope } from '../../extensions/payload-endpoints.ts';
import { GatewayError } from '../../lib/errors.ts';
import { parsePlainJson } from '../../lib/plain-json.ts';
import { refuseActing } from '../acting.ts';
import { refuseDryRun } from '../dry-run.ts';
import { runHandler, sendEndpointAnswer } from '../endpoint-answer.ts';
import { bytesOf, textOfBody } from './body.ts';
import { callerOf, rawQuery } from './context.ts';
import type { Serving } from './serving.ts';
import { usersSlug } from './slugs.ts';

function headersOf({ headers }: FastifyRequest): Headers {
  const told = new Headers();
  for (const [name, value] of Object.entries(headers)) for (const one of [value ?? []].flat()) told.append(name, one);
  return told;
}

async function readJson(request: FastifyRequest): Promise<unknown> {
  try {
    return parsePlainJson(textOfBody(request));
  } catch {
    throw new GatewayError('bad_request', { message: 'Invalid JSON' });
  }
}

async function asked({ asking, hooks }: Serving, { route, params }: FoundPayloadRoute): Promise<PayloadRequest> {
  const { request, method } = asking;
  const { log, url } = request;
  const { actor, project } = await callerOf(asking);
  const caller = toldCaller(actor);
  return {
    method,
    url,
    routeParams: params,
    searchParams: new URLSearchParams(rawQuery(url)),
    get query() {
      return Object.fromEntries(asking.parameters());
    },
    headers: headersOf(request),
    user: actor.is === 'user' ? { ...caller, id: actor.id, collection: usersSlug } : null,
    project: project.key,
    log,
    services: hooks.services(project, actor, { extension: `payload ${route.extension}`, log }),
    respond,
    json: () => readJson(request),
    text: async () => textOfBody(request),
    arrayBuffer: async () => new Uint8Array(bytesOf(request)).buffer,
  };
}

async function sendResponse(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  for (const [name, value] of response.headers) reply.header(name, value);
  const body = Buffer.from(await response.arrayBuffer());
  return reply.code(response.status).send(body.length === 0 ? undefined : body);
}

/** The answer of the endpoint of that place and path; undefined where there is none. */
export function customEndpoint(serving: Serving, place: PayloadScope, path: readonly string[]): Promise<FastifyReply> | undefined {
  const { request, method } = serving.asking;
  const routes = request.project.extensions.current.payload;
  if (routes.length === 0) return undefined;
  const found = findPayloadRoute(routes, place, request.method === 'HEAD' ? 'HEAD' : method, path);
  return found && answered(serving, found);
}

async function answered(serving: Serving, found: FoundPayloadRoute): Promise<FastifyReply> {
  const { asking, reply } = serving;
  // What a handler does is not looked into.
  refuseActing(asking.request);
  refuseDryRun(asking.request);
  const given = await asked(serving, found);
  const { extension, handler } = found.route;
  const value = await runHandler(`payload ${extension}`, given.log, () => handler(given));
  return value instanceof Response ? sendResponse(reply, value) : sendEndpointAnswer(reply, value);
}
