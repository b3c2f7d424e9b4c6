/** Uploads: documents that come with a file, and the files themselves (payload-rest §15). */
import type { FastifyReply } from 'fastify';
import { read } from '../../engine/read.ts';
import { originalContent } from '../../files/content.ts';
import { filledColumns, newFile, replacedContent } from '../../files/file-item.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type JsonObject, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import { contentHeaders, sentType } from '../content-headers.ts';
import { type FormFile, isForm, readForm } from '../file-form.ts';
import { sendContent } from '../send-content.ts';
import { refuseTrial } from '../trial.ts';
import { dropUnnamed, filesCollection, keepingNamed, type Uploads, uploadsOf } from '../uploads.ts';
import { objectIn } from './body.ts';
import { callerOf } from './context.ts';
import { createdText, hiding, update, updatedText } from './documents.ts';
import { documentsRead, uncounted } from './find.ts';
import { sendText } from './respond.ts';
import type { Serving } from './serving.ts';
import { mediaSlug } from './slugs.ts';
import { keyOfId } from './to-filter.ts';
import { itemOf } from './to-item.ts';
import { createDocument, updateDocument, type Writes, withLocale, writeFresh } from './write.ts';

const noFile = (): GatewayError => new GatewayError('bad_request', { message: 'No files were uploaded.' });

interface Brought {
  readonly file: FormFile;
  readonly document: JsonObject;
}

/** The one file of a form, and the document in its part `_payload`. */
async function broughtBy({ asking }: Serving, uploads: Uploads): Promise<Brought> {
  refuseTrial(asking.request);
  if (!isForm(asking.request)) throw noFile();
  const { files } = await readForm(asking.request, uploads);
  const [file, ...more] = files;
  if (!file) throw noFile();
  if (more.length > 0) throw new GatewayError('batch_upload');
  const { _payload: payload, ...fields } = file.fields;
  return { file, document: { ...fields, ...(typeof payload === 'string' && payload !== '' ? objectIn(payload) : {}) } };
}

const sentOf = ({ context, collection }: Writes, document: JsonObject, does: 'create' | 'update'): RequestedItem =>
  itemOf({ schema: context.schema, writing: { collection, slug: mediaSlug }, does, localised: false }, document).item;

/** What a write of files knows beside the row. */
const filesOf = ({ stored }: Uploads, item: RequestedItem, sent: RequestedItem) => ({
  files: { stored, filled: filledColumns([item], [sent]) },
});

/** POST /media */
async function upload(serving: Serving): Promise<FastifyReply> {
  const context = await callerOf(serving.asking);
  const uploads = uploadsOf(context, 'create');
  return keepingNamed(uploads, async () => {
    const { file, document } = await broughtBy(serving, uploads);
    const parameters = withLocale(serving.asking.parameters(), document);
    const text = await writeFresh(serving, context, filesCollection, parameters, async (writes) => {
      const sent = sentOf(writes, document, 'create');
      const item = newFile(sent, file.name, file.received, uploads.filing);
      return createdText(writes, await createDocument(writes, {}, item, filesOf(uploads, item, sent)));
    });
    return sendText(serving.reply, text, 201);
  });
}

/** PATCH /media/:id, which may bring other content. */
async function replace(serving: Serving, id: string): Promise<FastifyReply> {
  if (!isForm(serving.asking.request)) return update(serving, filesCollection, id);
  const context = await callerOf(serving.asking);
  const uploads = uploadsOf(context, 'update');
  return keepingNamed(uploads, async () => {
    const { file, document } = await broughtBy(serving, uploads);
    const parameters = withLocale(serving.asking.parameters(), document);
    const text = await writeFresh(serving, context, filesCollection, parameters, async (writes) => {
      const key = keyOfId(writes.collection, id) ?? '';
      const sent = sentOf(writes, document, 'update');
      const item = replacedContent(sent, file.received, uploads.filing);
      const shown = await updateDocument(writes, key, {}, item, filesOf(uploads, item, sent)).catch((error: unknown) => {
        throw hiding(writes, 'update', error);
      });
      return updatedText(shown, parameters, document);
    });
    await dropUnnamed(uploads);
    return sendText(serving.reply, text);
  });
}

const columns = ['id', 'filename_disk', 'filename_download', 'type', 'charset', 'checksum'] as const;

/** GET /media/file/:filename, for whoever may read the document; nobody else is told whether there is one. */
async function sendFile({ asking, reply }: Serving, filename: string): Promise<FastifyReply> {
  const { request } = asking;
  const context = await callerOf(asking);
  const collection = context.schema.collections.get(filesCollection);
  const where = { is: 'compare', path: ['filename_disk'], operator: 'eq', value: filename } as const;
  const notThere = new GatewayError('item_not_found', { id: filename });
  if (!collection) throw notThere;
  const present = new Map<string, RequestedOutput>([['id', { is: 'field', name: 'id' }]]);
  const reading = { ...documentsRead(collection, present, new Map()), where, limit: 1, counts: uncounted };
  const found = await read(context, reading).catch((error: unknown) => {
    // What may not be asked for is not there.
    throw error instanceof GatewayError && ['read_denied', 'unknown_field'].includes(error.kind) ? notThere : error;
  });
  if (found.texts.count === 0) throw notThere;
  const within = { ...context, actor: { is: 'system', reason: 'a file that the caller may read is handed out' } } as const;
  const { proof: _, ...rest } = within;
  const template = new Map(columns.map((name): [string, RequestedOutput] => [name, { is: 'field', name, form: 'text' }]));
  const { texts } = await read(rest, { ...reading, template });
  const row = texts.count === 0 ? null : parseJsonBody(String(texts.between('', '')));
  if (!row || !isJsonObject(row)) throw notThere;
  const text = (name: (typeof columns)[number]): string => String(row[name] ?? '');
  const file = {
    id: text('id'),
    filenameDisk: text('filename_disk'),
    filenameDownload: text('filename_download'),
    type: text('type'),
    charset: text('charset'),
    checksum: text('checksum'),
  };
  const content = await originalContent(request.project.files.storage, file);
  if (!content) throw notThere;
  const type = sentType(file);
  const headers = { ...contentHeaders(type, file.filenameDownload, false), 'cache-control': 'private, no-cache' };
  return sendContent(request, reply, { ...content, type }, headers);
}

/** The operation on uploads that the segments behind `media` name; undefined for those of any collection. */
export function mediaOperation(serving: Serving, [first, second, ...more]: readonly string[]): Promise<FastifyReply> | undefined {
  const { method } = serving.asking;
  if (more.length > 0) return undefined;
  if (first === undefined) return method === 'POST' ? upload(serving) : undefined;
  if (first === 'file' && second !== undefined) return method === 'GET' ? sendFile(serving, second) : undefined;
  return second === undefined && (method === 'PATCH' || method === 'PUT') ? replace(serving, first) : undefined;
}
