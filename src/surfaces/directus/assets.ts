/** /:project/assets, /:project/downloads and /uploads/:project: files as they are, and images made of them (directus8-system §14). */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Rules } from '../../access/types.ts';
import { type Content, originalContent } from '../../files/content.ts';
import { formatOfFile } from '../../files/image-formats.ts';
import { type AssetParameters, type ImageRequest, imageRequestOf, type Whitelist, whitelistOf } from '../../files/image-request.ts';
import { GatewayError } from '../../lib/errors.ts';
import { contentHeaders, sentType } from '../content-headers.ts';
import { type ContentHeaders, sendContent } from '../send-content.ts';
import { type Found, findAsset, type NamedBy } from './asset-files.ts';
import { queryOf } from './context.ts';
import { rawQuery } from './parse.ts';
import { textOf } from './php-query.ts';

const parameters = ['key', 'w', 'h', 'f', 'q', 'format'] as const;

function parametersOf(request: FastifyRequest): AssetParameters {
  const query = queryOf(rawQuery(request.url));
  const given: Partial<Record<(typeof parameters)[number], string>> = {};
  for (const name of parameters) {
    const text = textOf(query, name);
    if (text !== undefined) given[name] = text;
  }
  return given;
}

const whitelists = new WeakMap<Rules, Whitelist>();

function whitelistFor(rules: Rules): Whitelist {
  let list = whitelists.get(rules);
  if (!list) {
    list = whitelistOf(rules.settings);
    whitelists.set(rules, list);
  }
  return list;
}

/** Who may keep the answer and for how long. What is not for everybody is asked for again each time, so that a right that ends, ends. */
function cacheControl({ project }: FastifyRequest, { open }: Found): string {
  if (!open) return 'private, no-cache';
  const setting = project.rules.current.settings.get('thumbnail_cache_ttl');
  const age = setting && /^\d{1,9}$/.test(setting) ? Number(setting) : project.files.settings.maxAgeSeconds;
  return age === 0 ? 'public, no-cache' : `public, max-age=${age}`;
}

async function contentOf(request: FastifyRequest, { file }: Found, wish: ImageRequest | undefined): Promise<Content> {
  const { files } = request.project;
  if (wish) return files.thumbnails.get(file, wish);
  const content = await originalContent(files.storage, file);
  if (!content) throw new GatewayError('item_not_found');
  return { ...content, type: sentType(file) };
}

/** The name to save it under; an image that was made has the ending of what it is now. */
function nameOf({ file }: Found, wish: ImageRequest | undefined): string {
  const { filenameDownload, filenameDisk } = file;
  const format = wish?.format;
  if (!format || format === formatOfFile(filenameDisk)) return filenameDownload;
  return `${filenameDownload.replace(/\.[^.]*$/, '')}.${format === 'jpeg' ? 'jpg' : format}`;
}

interface Sending {
  readonly by: NamedBy;
  readonly name: string;
  /** To be saved, whatever it is, and as it is. */
  readonly saved: boolean;
}

async function sendAsset(request: FastifyRequest, reply: FastifyReply, { by, name, saved }: Sending): Promise<FastifyReply> {
  const { project } = request;
  const asked = saved ? {} : parametersOf(request);
  const found = await findAsset(request, by, name);
  // Whoever may not have the file is not told what else is wrong.
  const wish = imageRequestOf(asked, whitelistFor(project.rules.current), project.files.settings.side, request.headers.accept);
  const content = await contentOf(request, found, wish);
  const headers: ContentHeaders = {
    ...contentHeaders(content.type, nameOf(found, wish), saved),
    'cache-control': cacheControl(request, found),
  };
  if (wish && asked.format === 'auto') reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept'].flat().join(', '));
  return sendContent(request, reply, content, headers);
}

function namedBy({ project }: FastifyRequest): NamedBy {
  return project.rules.current.settings.get('asset_url_naming') === 'filename_download' ? 'filename_download' : 'private_hash';
}

/** GET and HEAD of assets, of downloads, which browsers save, and of originals by the name that they are stored under. */
export const assetRoutes: FastifyPluginAsync = async (app) => {
  const answer = (url: string, saved: boolean, by: (request: FastifyRequest) => NamedBy): void => {
    app.route<{ Params: { name: string } }>({
      // HEAD is not left to the server: it would read all of what it does not send.
      method: ['GET', 'HEAD'],
      url,
      handler: (request, reply) => sendAsset(request, reply, { by: by(request), name: request.params.name, saved }),
    });
  };
  answer('/:project/assets/:name', false, namedBy);
  answer('/:project/downloads/:name', true, namedBy);
  // Where `data.full_url` of a file leads.
  answer('/uploads/:project/originals/:name', false, () => 'filename_disk');
};
