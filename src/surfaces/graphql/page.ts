/** The page for browsers: GraphiQL out of the package's own files, which works without any other server. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { pageScript, pageStyle, pageText } from './page-texts.ts';

const scripts = 'text/javascript; charset=utf-8';
const styles = 'text/css; charset=utf-8';

interface Asset {
  readonly type: string;
  /** The file of a package, or the text itself. */
  readonly from: { readonly package: string; readonly file: string } | { readonly text: string };
}

const assets: ReadonlyMap<string, Asset> = new Map<string, Asset>([
  ['react.js', { type: scripts, from: { package: 'react', file: 'umd/react.production.min.js' } }],
  ['react-dom.js', { type: scripts, from: { package: 'react-dom', file: 'umd/react-dom.production.min.js' } }],
  ['graphiql.js', { type: scripts, from: { package: 'graphiql', file: 'graphiql.min.js' } }],
  ['graphiql.css', { type: styles, from: { package: 'graphiql', file: 'graphiql.min.css' } }],
  ['page.js', { type: scripts, from: { text: pageScript } }],
  ['page.css', { type: styles, from: { text: pageStyle } }],
]);

/** Scripts are ours alone; the editor sets styles of its elements, and its fonts stand in the style sheet. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const { resolve } = createRequire(import.meta.url);

/** The routes of the page's own files. */
export const graphiqlAssets: FastifyPluginAsync = async (app) => {
  app.get<{ Params: { asset: string } }>('/:project/gql/assets/:asset', async (request, reply) => {
    const asset = assets.get(request.params.asset);
    if (!asset) throw new GatewayError('route_not_found');
    const { from, type } = asset;
    const content = 'text' in from ? from.text : await readFile(join(dirname(resolve(`${from.package}/package.json`)), from.file));
    return reply.type(type).header('cache-control', 'public, max-age=3600').send(content);
  });
};

/** Answers with the page. */
export function sendPage(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', policy)
    .header('vary', 'accept')
    .send(pageText(request.project.key));
}
