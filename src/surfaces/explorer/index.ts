/** The API explorer: GET /:project/docs, and the list of projects that a browser finds at `/`. It works without any other server. */
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { assetOf, pageOf } from './assets.ts';

/** Everything on the page is ours: no script, style or picture comes from elsewhere or stands in the page itself. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page, and the files that it loads. */
export const explorerSurface: FastifyPluginAsync = async (app) => {
  app.get('/:project/docs', async (request, reply) => sendPage(reply, await pageOf('explorer', { project: request.project.key })));

  app.get<{ Params: { asset: string } }>('/server/explorer/:asset', async (request, reply) => {
    const asset = await assetOf(request.params.asset);
    if (!asset) throw new GatewayError('route_not_found');
    return reply.type(asset.type).header('cache-control', 'no-cache').send(asset.content);
  });
};

/** Answers with the list of these projects. */
export async function sendProjectsPage(reply: FastifyReply, projects: readonly string[]): Promise<FastifyReply> {
  return sendPage(reply, await pageOf('projects', { projects }));
}

function sendPage(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).header('vary', 'accept').send(text);
}
