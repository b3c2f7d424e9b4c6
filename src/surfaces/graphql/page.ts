/** The page for browsers. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

export const graphiqlAssets: FastifyPluginAsync = async () => {};
export function sendPage(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.send('');
}
