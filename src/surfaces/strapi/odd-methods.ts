/** Methods that no type takes: refused as such where there is a type, else as any path that nobody has (strapi-rest S-28, S-29). */
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { callerOf, typeNamed } from './request.ts';

interface TypeParams {
  Params: { type: string };
}

/** What a type of either kind takes; a single one has no paths of entries. */
export const methodsOf = { single: 'GET, HEAD, PUT, DELETE', many: 'GET, HEAD, POST', entry: 'GET, HEAD, PUT, DELETE' } as const;

/** Refuses the methods at the paths of types and of entries. */
export function refuseOddMethods(app: FastifyInstance, api: string): void {
  const refusing = (url: string, method: HTTPMethods[], allow: (single: boolean) => string | undefined): void => {
    const handler = async (request: FastifyRequest<TypeParams>, reply: FastifyReply): Promise<never> => {
      const allowed = allow(typeNamed(await callerOf(request), request.params.type).single);
      if (allowed === undefined) throw new GatewayError('route_not_found');
      reply.header('allow', allowed);
      throw new GatewayError('method_not_allowed');
    };
    app.route<TypeParams>({ method, url, exposeHeadRoute: false, handler });
  };
  refusing(`${api}/:type`, ['PATCH'], (single) => (single ? methodsOf.single : methodsOf.many));
  refusing(`${api}/:type/:id`, ['POST', 'PATCH'], (single) => (single ? undefined : methodsOf.entry));
}
