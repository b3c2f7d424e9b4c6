/** /:project/custom/<name>/...: endpoints of extensions, with the caller's identity (directus8-system §22.4). */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../../engine/hooks.ts';
import { respond } from '../../extensions/answer.ts';
import { type Found, findRoute, methods, type Route } from '../../extensions/routes.ts';
import type { EndpointContext, EndpointRequest } from '../../extensions/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { parsePlainJson } from '../../lib/plain-json.ts';
import { refuseActing } from '../acting.ts';
import { runHandler, sendEndpointAnswer } from '../endpoint-answer.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { extensionServices } from './extension-services.ts';
import { plainQuery } from './plain-query.ts';

/** Name and path of an endpoint, as they stand in the URL; the project and `custom` come before them. */
function routePathOf(url: string): { name: string; path: string } {
  const [path = ''] = url.split(/[?#]/, 1);
  const [, name = '', rest = ''] = /^\/[^/]*\/custom\/([^/]*)(.*)$/.exec(path) ?? [];
  return { name: decoded(name), path: rest === '' ? '/' : rest };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new GatewayError('bad_request', { message: 'The URL holds an invalid percent encoding' });
  }
}

function found(routes: readonly Route[], method: string, path: string, reply: FastifyReply): Found {
  // What answers GET answers HEAD; the server leaves the body out.
  const match = findRoute(routes, method === 'HEAD' ? 'GET' : method, path);
  if ('route' in match) return match;
  if (match.methods.length === 0) throw new GatewayError('route_not_found');
  reply.header('allow', match.methods.join(', '));
  throw new GatewayError('method_not_allowed');
}

function contextFor(request: FastifyRequest, context: DirectusContext, endpoint: string): EndpointContext {
  const { actor, project } = context;
  const { log } = request;
  const services = extensionServices(project, actor, { extension: `endpoint ${endpoint}`, log });
  return { project: project.key, log, caller: callerOf(actor), services, respond };
}

async function called({ route, params }: Found, asked: Omit<EndpointRequest, 'params'>, context: EndpointContext): Promise<unknown> {
  return runHandler(route.endpoint, context.log, () => route.handler({ ...asked, params }, context));
}

async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { name, path } = routePathOf(request.url);
  const routes = request.project.extensions.current.endpoints.get(name) ?? [];
  const { method, headers } = request;
  refuseActing(request);
  const match = found(routes, method, path, reply);
  const context = await contextOf(request);
  const asked = { method, path, headers, query: plainQuery(context.query), body: request.body };
  return sendEndpointAnswer(reply, await called(match, asked, contextFor(request, context, name)));
}

/** Bodies as endpoints get them: JSON with all its digits, anything else as bytes. */
function parseBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_, body, done) => {
    try {
      done(null, body === '' ? undefined : parsePlainJson(body));
    } catch {
      done(new GatewayError('invalid_payload', { message: 'The body is no JSON' }));
    }
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
}

/** Every method and path below /custom, looked up among the endpoints that the project has at that moment. */
export const customRoutes: FastifyPluginAsync = async (app) => {
  await app.register(async (inner) => {
    parseBodies(inner);
    inner.route({ method: [...methods], url: '/:project/custom/*', config: { explains: true }, handler: answer });
  });
};
