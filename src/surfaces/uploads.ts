/** What the routes of uploads have in common: who may send content, where it goes, and what becomes of it when the row is not written. */
import type { FastifyRequest } from 'fastify';
import { writerOf } from '../access/write.ts';
import { systemRows } from '../engine/system-read.ts';
import { type Filing, textIn } from '../files/file-item.ts';
import { importUrl } from '../files/import-url.ts';
import { originals } from '../files/keys.ts';
import { type Demands, type Received, receive } from '../files/receive.ts';
import type { Storage } from '../files/types.ts';
import { demandsOf, type UploadSettings, uploadSettings } from '../files/upload-settings.ts';
import { GatewayError } from '../lib/errors.ts';
import { reason } from '../lib/redact.ts';
import { collectionOf } from '../query/bind.ts';
import type { RequestedItem } from '../query/mutation.ts';
import type { CallerContext } from './caller.ts';

export const filesCollection = 'directus_files';

/** One request's uploads. */
export interface Uploads {
  readonly context: CallerContext;
  readonly storage: Storage;
  readonly settings: UploadSettings;
  readonly demands: Demands;
  readonly filing: Filing;
  /** Names on disk under which something was stored. */
  readonly stored: Set<string>;
}

/** Throws what the caller may not do, before any content is taken. */
export function uploadsOf(context: CallerContext, action: 'create' | 'update'): Uploads {
  const { project, schema, rules, actor } = context;
  const collection = collectionOf(schema, filesCollection);
  const writer = writerOf(schema, rules, actor);
  writer.grant(collection, action);
  if (action === 'create') writer.demandCreate(collection, undefined);
  const settings = uploadSettings(project.key, project.config.uploads);
  const { storage } = project.files;
  const user = actor.is === 'user' ? actor.id : '0';
  return {
    context,
    storage,
    settings,
    demands: demandsOf(settings, rules.settings),
    filing: { user, storage: storage.name, now: new Date() },
    stored: new Set(),
  };
}

/** Stores content under a new name. */
export async function storeContent(
  uploads: Uploads,
  content: AsyncIterable<Buffer>,
  name: string,
  demands = uploads.demands,
): Promise<Received> {
  const received = await receive(uploads.storage, content, name, demands);
  uploads.stored.add(received.disk);
  return received;
}

/** Fetches content from another server and stores it; pictures and PDF alone. */
export async function storeImported(uploads: Uploads, url: URL, fields: RequestedItem): Promise<{ received: Received; name: string }> {
  const { settings, demands } = uploads;
  const { privateAddresses, importSeconds: seconds } = settings;
  const imported = await importUrl(url, { seconds, privateAddresses, mostBytes: demands.mostBytes });
  try {
    const name = textIn(fields, 'filename_download') ?? imported.name.replace(/[/\\]/g, '-');
    return { received: await storeContent(uploads, imported.content, name, { ...demands, pictures: true }), name };
  } finally {
    imported.end();
  }
}

/** Runs what writes the rows; content that none of them names afterwards goes again, whatever happened. */
export async function keepingNamed<T>(uploads: Uploads, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    await dropUnnamed(uploads);
    throw error;
  }
}

/** The same of a request that may leave no row after all: a dry run, or one that was answered before. */
export async function keepingWritten<T>({ url, headers }: FastifyRequest, uploads: Uploads, run: () => Promise<T>): Promise<T> {
  const answer = await keepingNamed(uploads, run);
  if (url.includes('dry_run') || headers['idempotency-key'] !== undefined) await dropUnnamed(uploads);
  return answer;
}

/** Seconds after which it is looked again whether a row was written after all. */
const pauses = [1, 5, 30, 120];

/** Without an answer of the database it is not known what was written: it is asked later, and what is left then is for the sweep. */
export async function dropUnnamed(uploads: Uploads, attempt = 0): Promise<void> {
  const disks = [...uploads.stored];
  if (disks.length === 0) return;
  try {
    const named = await namedOf(uploads.context, disks);
    await uploads.storage.remove(disks.filter((disk) => !named.has(disk)).map((disk) => `${originals}${disk}`));
  } catch (error) {
    const seconds = pauses[attempt];
    uploads.context.project.log.warn({ reason: reason(error), attempt }, 'could not take away the content of an upload that failed');
    if (seconds !== undefined) setTimeout(() => void dropUnnamed(uploads, attempt + 1), seconds * 1000).unref();
  }
}

/** Those of the names that a row has. */
async function namedOf({ project, ...context }: CallerContext, disks: readonly string[]): Promise<ReadonlySet<string>> {
  const where = { is: 'compare', path: ['filename_disk'], operator: 'in', value: disks } as const;
  const now = { ...context, schema: project.schemas.current, rules: project.rules.current };
  const rows = await systemRows(now, filesCollection, { where, fields: ['filename_disk'] });
  return new Set(rows.map((row) => String(row['filename_disk'])));
}

/** Requests of several files are multipart. */
export function refuseBatch(request: FastifyRequest): void {
  if (Array.isArray(request.body)) throw new GatewayError('batch_upload');
}
