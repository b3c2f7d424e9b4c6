/** POST and PATCH of files: rows that come with their content (directus8-system §12). What is read, deleted or changed beside it is as of other collections. */

import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { keyedRow } from '../../engine/system-read.ts';
import { newFile, replacedContent, textIn } from '../../files/file-item.ts';
import { originalKey, originals } from '../../files/keys.ts';
import { chosenDiskName } from '../../files/names.ts';
import type { Received } from '../../files/receive.ts';
import { sentContent } from '../../files/sent-content.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import { dryRunnable } from '../dry-run.ts';
import { type FormFile, isForm, readForm, takeForms } from '../file-form.ts';
import { blank, fileWritesOf, type Making, madeOfJson, sentColumns } from '../json-file.ts';
import {
  dropUnnamed,
  filesCollection,
  keepingNamed,
  refuseBatch,
  storeContent,
  storeImported,
  type Uploads,
  uploadsOf,
} from '../uploads.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { asksForDryRun } from './dry-run.ts';
import { keysOf } from './items.ts';
import { sendWrite, singleItem, type Writing } from './write.ts';

function madeOfForm(uploads: Uploads, { name, received, fields }: FormFile): Making {
  return { item: newFile(fields, name, received, uploads.filing), sent: sentColumns(fields) };
}

/** The rows that the request is to make; single unless it brought several files. */
async function making(request: FastifyRequest, uploads: Uploads): Promise<readonly Making[]> {
  if (!isForm(request)) {
    refuseBatch(request);
    return [await madeOfJson(uploads, singleItem(request))];
  }
  const { files, fields } = await readForm(request, uploads);
  if (files.length === 0) return [await madeOfJson(uploads, fields)];
  return files.map((file) => madeOfForm(uploads, file));
}

/** The rows are written once; where their request was answered before, their content is not needed. */
async function writeFiles(
  request: FastifyRequest,
  reply: FastifyReply,
  uploads: Uploads,
  made: readonly Making[],
  asks: (files: NonNullable<Writing['files']>) => Writing,
): Promise<FastifyReply> {
  const items = made.map(({ item }) => item);
  const sent = made.map((one) => one.sent);
  const files = fileWritesOf(uploads, made);
  let asked = false;
  // What the request is known by when it is sent again.
  request.body = sent.map((one, i) => ({ ...one, checksum: items[i]?.['checksum'] ?? null }));
  const answer = await sendWrite(request, reply, () => {
    asked = true;
    return asks(files);
  });
  if (!asked) await dropUnnamed(uploads);
  return answer;
}

/** What a dry run stored goes as what a failure leaves. */
async function keeping<T>(context: DirectusContext, uploads: Uploads, run: () => Promise<T>): Promise<T> {
  const answer = await keepingNamed(uploads, run);
  if (asksForDryRun(context)) await dropUnnamed(uploads);
  return answer;
}

async function create(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const context = await contextOf(request);
  const uploads = uploadsOf(context, 'create');
  return keeping(context, uploads, async () => {
    const made = await making(request, uploads);
    return writeNewFiles(request, reply, uploads, made);
  });
}

/** Writes the rows of files whose content is stored, and answers with them. */
export function writeNewFiles(
  request: FastifyRequest,
  reply: FastifyReply,
  uploads: Uploads,
  made: readonly Making[],
): Promise<FastifyReply> {
  return writeFiles(request, reply, uploads, made, (files) => ({
    request: { is: 'create', collection: filesCollection, items: made.map(({ item }) => item) },
    single: made.length === 1,
    files,
    whole: true,
  }));
}

/** The content that a change brings; undefined for one of columns alone. */
async function replacing(request: FastifyRequest, uploads: Uploads, fields: RequestedItem, key: string): Promise<Making | undefined> {
  const data = textIn(fields, 'data');
  const sent = sentColumns(fields);
  const named = async (): Promise<string> => {
    const row = await keyedRow(uploads.context, filesCollection, key, ['filename_download']);
    return textIn(fields, 'filename_download') ?? textIn(row, 'filename_download') ?? '';
  };
  const replaced = (received: Received): Making => ({ item: replacedContent(fields, received, uploads.filing), sent });
  if (isForm(request)) {
    await named();
    const { files } = await readForm(request, uploads);
    const [file, ...more] = files;
    if (!file) throw blank('data');
    if (more.length > 0) throw new GatewayError('batch_upload');
    return { item: replacedContent(file.fields, file.received, uploads.filing), sent: sentColumns(file.fields) };
  }
  if (data === undefined) return undefined;
  if (data === '') throw blank('data');
  const content = sentContent(data);
  if (content.is === 'embed') throw new GatewayError('validation', { message: 'data: A film is a file of its own; add it by POST.' });
  const name = await named();
  if (content.is === 'url') return replaced((await storeImported(uploads, content.url, { ...fields, filename_download: name })).received);
  return replaced(await storeContent(uploads, Readable.from([content.bytes]), name));
}

async function change(request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply): Promise<FastifyReply> {
  const keys = keysOf(request.params.id);
  const [key = ''] = keys;
  const fields = isForm(request) ? {} : singleItem(request);
  if (keys.length > 1) {
    if (isForm(request) || textIn(fields, 'data') !== undefined) throw new GatewayError('batch_upload');
    const item = withoutData(fields);
    const changes = keys.map((one) => ({ key: one, item }));
    return sendWrite(request, reply, () => ({ request: { is: 'update', collection: filesCollection, changes }, single: false, keys }));
  }
  const context = await contextOf(request);
  const uploads = uploadsOf(context, 'update');
  return keeping(context, uploads, async () => {
    const made = await replacing(request, uploads, fields, key);
    const asks = (item: RequestedItem, files: Writing['files']): Writing => ({
      request: { is: 'update', collection: filesCollection, changes: [{ key, item }] },
      single: true,
      keys,
      ...(files ? { files } : {}),
    });
    if (made) return writeFiles(request, reply, uploads, [made], (files) => asks(made.item, files));
    const item = withoutData(fields);
    const disk = textIn(item, 'filename_disk');
    if (disk !== undefined) chosenDiskName(disk);
    const copy = (from: string, to: string): Promise<void> => copied(uploads, from, to);
    return sendWrite(request, reply, () => asks(item, { stored: new Set(), filled: new Set(), copy }));
  });
}

/** A row that was read is sent back with its addresses. */
function withoutData({ data: _, ...fields }: RequestedItem): RequestedItem {
  return fields;
}

/** Keeps content under another name too; the transaction that asks for it may ask again. */
async function copied(uploads: Uploads, from: string, to: string): Promise<void> {
  const { storage, stored } = uploads;
  const key = `${originals}${chosenDiskName(to)}`;
  if (stored.has(to)) return;
  if (await storage.stat(key)) throw new GatewayError('duplicate', { value: to, collection: filesCollection });
  const source = originalKey(from);
  const content = source === undefined ? undefined : await storage.read(source);
  if (!content) throw new GatewayError('validation', { message: 'filename_disk: There is no content that could have another name.' });
  stored.add(to);
  await storage.write(key, content.stream);
}

/** Their content is received and looked at as ever. */
/** POST and PATCH of files; both have a dry run. */
export const fileRoutes: FastifyPluginAsync = async (app) => {
  await takeForms(app);
  app.post('/:project/files', dryRunnable, create);
  app.patch('/:project/files/:id', dryRunnable, change);
};
