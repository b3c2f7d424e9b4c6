/** Paths of the system, which are no types: other methods there are refused as such (strapi-rest S-28). */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';

const methods: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Refuses the methods that a path does not take, which a path of types would take otherwise. */
export function onlyMethods(app: FastifyInstance, url: string, taken: readonly HTTPMethods[]): void {
  const method = methods.filter((one) => !taken.includes(one));
  app.route({
    method,
    url,
    exposeHeadRoute: false,
    handler: async (_, reply) => {
      reply.header('allow', taken.join(', '));
      throw new GatewayError('method_not_allowed');
    },
  });
}
