/** Uploads that go on where they broke off: the parts of tus 1.0, kept in a folder of their own until they are whole. */
import { createReadStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import { GatewayError } from '../lib/errors.ts';

/** What has arrived of an upload. */
export interface Part {
  readonly id: string;
  readonly offset: number;
  /** Undefined while the client has not said it. */
  readonly size: number | undefined;
  /** As the client sent it, without whose it is. */
  readonly metadata: Readonly<Record<string, string | null>>;
}

/** One request of the protocol. */
interface TusRequest {
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream | null;
  /** Whose upload it is to be; nobody else goes on with it. */
  readonly owner: string;
  readonly mostBytes: number;
}

export interface ResumableUploads {
  /** Those of the protocol that are kept to, by their names there. */
  readonly extensions: readonly string[];
  handle(request: TusRequest): Promise<Response>;
  /** The upload of that id, where it is the owner's. */
  find(id: string, owner: string): Promise<Part | undefined>;
  content(part: Part): AsyncIterable<Buffer>;
  remove(part: Part): Promise<void>;
}

/** Nothing that clients send reaches these: they are written anew for each request. */
const ownerHeader = 'x-sallyport-owner';
const mostHeader = 'x-sallyport-most';
/** The member of an upload's metadata that says whose it is. */
const ownerKey = 'sallyport-owner';

const idForm = /^[0-9a-f]{32}$/;
/** Milliseconds between two looks for parts that nobody goes on with. */
const sweepEvery = 600_000;
/** Milliseconds that a timer of Node takes at most. */
const longestTimer = 2 ** 31 - 1;

/** Opens the folder; `path` is that of the uploads in URLs. */
export async function openResumable(folder: string, path: string, hours: number): Promise<ResumableUploads> {
  // Nobody else on this machine reads what is not anybody's file yet.
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new GatewayError('storage_unavailable', {}, error);
  });
  const datastore = new FileStore({ directory: folder, expirationPeriodInMilliseconds: hours * 3_600_000 });
  const server = new Server({
    path,
    datastore,
    relativeLocation: true,
    maxSize: (request) => Number(request.headers.get(mostHeader)),
    onUploadCreate: async (request, upload) => ({ metadata: { ...upload.metadata, [ownerKey]: request.headers.get(ownerHeader) } }),
  });
  let swept = 0;
  let waiting = false;
  const sweep = (): void => {
    if (Date.now() - swept < sweepEvery) return;
    swept = Date.now();
    server.cleanUpExpiredUploads().catch(() => undefined);
  };
  // What nobody goes on with goes in the end, also when nobody uploads anything any more.
  const sweepLater = (): void => {
    if (waiting) return;
    waiting = true;
    const look = async (): Promise<void> => {
      waiting = false;
      sweep();
      if ((await readdir(folder)).length > 0) sweepLater();
    };
    setTimeout(() => void look().catch(() => undefined), Math.min(datastore.getExpiration() + sweepEvery, longestTimer)).unref();
  };
  return {
    extensions: datastore.extensions,
    async handle({ method, url, headers, body, owner, mostBytes }) {
      sweep();
      sweepLater();
      headers.set(ownerHeader, owner);
      headers.set(mostHeader, String(mostBytes));
      return server.handleWeb(new Request(url, { method, headers, body, ...(body ? { duplex: 'half' } : {}) } as RequestInit) as never);
    },
    async find(id, owner) {
      if (!idForm.test(id)) return undefined;
      const upload = await datastore.getUpload(id).catch(() => undefined);
      const { [ownerKey]: whose, ...metadata } = upload?.metadata ?? {};
      return upload && whose === owner ? { id, offset: upload.offset, size: upload.size, metadata } : undefined;
    },
    content: ({ id }) => createReadStream(join(folder, id)),
    remove: async ({ id }) => datastore.remove(id).catch(() => undefined),
  };
}
