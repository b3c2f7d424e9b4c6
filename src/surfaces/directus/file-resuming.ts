/** /:project/files/tus: uploads by the tus protocol, which go on where they broke off. A whole one becomes a file like any other. */
import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { newFile } from '../../files/file-item.ts';
import type { Part, ResumableUploads } from '../../files/resumable.ts';
import { mostBytes, type UploadSettings, uploadSettings } from '../../files/upload-settings.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Project } from '../../projects/project.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import { answerOnce } from '../idempotency.ts';
import { keepingNamed, storeContent, type Uploads, uploadsOf } from '../uploads.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { writeNewFiles } from './files.ts';

const opened = new WeakMap<Project, Promise<ResumableUploads>>();

function resumableOf(project: Project, settings: UploadSettings): Promise<ResumableUploads> {
  const known = opened.get(project);
  if (known) return known;
  const made = import('../../files/resumable.ts').then(({ openResumable }) =>
    openResumable(settings.partsFolder, `/${project.key}/files/tus`, settings.resumeHours),
  );
  opened.set(project, made);
  // A folder that is not there now may be there later.
  made.catch(() => opened.delete(project));
  return made;
}

/** Uploads whose content becomes a file just now. */
const finishing = new Set<string>();

type TusParams = FastifyRequest<{ Params: { upload?: string } }>;

function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, String(value));
  return headers;
}

/** What the protocol says to a request. */
interface Said extends Omit<Finishing, 'part'> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What has arrived of the upload; undefined where there is none any more. */
  readonly part: Part | undefined;
}

async function exchange(request: TusParams, context: DirectusContext): Promise<Said> {
  const { project } = request;
  const uploads = uploadsOf(context, 'create');
  const resumable = await resumableOf(project, uploads.settings);
  const { upload: id } = request.params;
  const { user } = uploads.filing;
  if (id !== undefined && !(await resumable.find(id, user))) throw new GatewayError('item_not_found', { id });
  const sends = request.headers['content-type'] !== undefined && request.method !== 'HEAD' && request.method !== 'DELETE';
  const response = await resumable.handle({
    method: request.method,
    url: `${request.protocol}://${request.host}${request.url}`,
    headers: headersOf(request),
    body: sends ? (Readable.toWeb(request.raw) as ReadableStream) : null,
    owner: user,
    mostBytes: uploads.demands.mostBytes,
  });
  const location = response.headers.get('location');
  if (response.status >= 400) throw new GatewayError('refused', { status: response.status, message: (await response.text()).trim() });
  const part = request.method === 'DELETE' ? undefined : await resumable.find(id ?? location?.split('/').at(-1) ?? '', user);
  const headers = Object.fromEntries([...response.headers].filter(([name]) => passedOn.has(name)));
  return { status: response.status, headers, part, uploads, resumable };
}

async function answer(request: TusParams, reply: FastifyReply): Promise<FastifyReply> {
  const { status, headers, part, ...finishing } = await exchange(request, await contextOf(request));
  reply.headers(headers);
  if (part && part.offset === part.size) return finish(request, reply, { ...finishing, part });
  return reply.code(status).send();
}

/** What a client may ask before anything else, without a word of who it is (tus 1.0, OPTIONS). Pages of other origins are answered as well. */
async function tell({ project }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const settings = uploadSettings(project.key, project.config.uploads);
  const { extensions } = await resumableOf(project, settings);
  return reply
    .code(204)
    .headers({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-extension': extensions.join(','),
      'tus-max-size': String(mostBytes(settings, project.rules.current.settings)),
    })
    .send();
}

/** Headers of the protocol; the others are the server's own. */
const passedOn: ReadonlySet<string> = new Set([
  'cache-control',
  'location',
  'tus-resumable',
  'upload-defer-length',
  'upload-expires',
  'upload-length',
  'upload-metadata',
  'upload-offset',
]);

interface Finishing {
  readonly uploads: Uploads;
  readonly resumable: ResumableUploads;
  readonly part: Part;
}

/** What is whole becomes a file; where that fails for now, the client may ask again. */
async function finish(request: FastifyRequest, reply: FastifyReply, { uploads, resumable, part }: Finishing): Promise<FastifyReply> {
  const name = `${uploads.context.project.key}/${part.id}`;
  if (finishing.has(name)) throw new GatewayError('request_in_flight', { message: 'This upload is whole and just becoming a file' });
  finishing.add(name);
  try {
    const { fields, filename } = sentWith(part);
    const answered = await keepingNamed(uploads, async () => {
      const received = await storeContent(uploads, resumable.content(part), filename);
      return writeNewFiles(request, reply, uploads, [{ item: newFile(fields, filename, received, uploads.filing), sent: fields }]);
    });
    await resumable.remove(part);
    return answered;
  } catch (error) {
    // It would be refused again.
    if (error instanceof GatewayError && error.kind === 'validation') await resumable.remove(part);
    throw error;
  } finally {
    finishing.delete(name);
  }
}

/** The metadata of the upload as columns; `filename` and `filetype` are what clients of the protocol usually send. */
function sentWith({ metadata }: Part): { readonly fields: RequestedItem; readonly filename: string } {
  const { filename, name, filetype: _, type: __, relativePath: ___, ...fields } = metadata;
  return { fields, filename: filename ?? name ?? fields['filename_download'] ?? '' };
}

/** Headers that say what an upload is to be. */
const defining = ['upload-length', 'upload-defer-length', 'upload-metadata', 'upload-concat'];

/**
 * Begins an upload, once for each key: what is answered is where it is. What is whole from the start is kept as the file that it becomes;
 * chunks need no key, as they say where they belong.
 */
async function begin(request: TusParams, reply: FastifyReply): Promise<FastifyReply> {
  const { headers: sent } = request;
  if (sent['idempotency-key'] === undefined || sent['upload-length'] === '0') return answer(request, reply);
  if (sent['content-type'] !== undefined) {
    throw new GatewayError('unprocessable', { message: 'Idempotency-Key: begin the upload with no content, and send that by PATCH' });
  }
  const context = await contextOf(request);
  const run = async (): Promise<KeptAnswer> => {
    const { status, headers } = await exchange(request, context);
    return { status, body: JSON.stringify(headers) };
  };
  const text = JSON.stringify(defining.map((name) => sent[name] ?? null));
  return answerOnce(request, reply, context, text, run, (to, { status, body }) => {
    const headers: unknown = JSON.parse(String(body));
    return to
      .headers(headers as Record<string, string>)
      .code(status)
      .send();
  });
}

/** POST begins an upload, HEAD tells how far it is, PATCH goes on, DELETE gives it up, OPTIONS tells what of tus is spoken. */
export const resumingRoutes: FastifyPluginAsync = async (app) => {
  // The content goes where it belongs as it comes.
  app.addContentTypeParser('application/offset+octet-stream', (_request: unknown, _payload: unknown, done: (error: null) => void) =>
    done(null),
  );
  app.post('/:project/files/tus', begin);
  for (const url of ['/:project/files/tus', '/:project/files/tus/:upload']) {
    app.route({ method: 'OPTIONS', url, config: { cors: { preflightContinue: true } }, handler: tell });
  }
  app.route({ method: ['HEAD', 'PATCH', 'DELETE'], url: '/:project/files/tus/:upload', handler: answer });
};
