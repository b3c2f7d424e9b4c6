/** Images made of files: made once, kept in the storage beside the files, and the small ones that are asked for often in memory. */
import { availableParallelism } from 'node:os';
import { LRUCache } from 'lru-cache';
import { GatewayError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import type { AssetSettings } from './asset-settings.ts';
import { type Content, collected, fingerprintOf, type StoredFile } from './content.ts';
import { formatOfFile, formatTypes } from './image-formats.ts';
import type { ImageRequest } from './image-request.ts';
import { imageSource } from './image-source.ts';
import { derivedPrefix, originalKey } from './keys.ts';
import { type RenderRequest, renderImage } from './render.ts';
import { createRenderQueue, type RenderQueue } from './render-queue.ts';
import type { Storage } from './types.ts';

export interface Thumbnails {
  /**
   * The image of a file that is wished for.
   *
   * @throws GatewayError `unprocessable` where none can be made of it, `busy` where too many are being made
   */
  get(file: StoredFile, wish: ImageRequest): Promise<Content>;
  /** How many images are being made now, and how many wait. */
  usage(): ReturnType<RenderQueue['usage']>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/** Larger ones are read from the storage each time. */
const largestKept = 1024 * 1024;
/** Milliseconds for which it is remembered that no image can be made of a file. */
const failureLife = 60_000;
const failuresKept = 1000;
/** To be raised when the same wish is to give another image. */
const edition = 1;

interface Kept {
  readonly data: Buffer;
  readonly modified: Date;
}

interface Made {
  readonly key: string;
  readonly fingerprint: string;
  readonly type: string;
}

/** The file a wish is about: the version of its content is part of the name of what is made. */
async function nameOf(storage: Storage, file: StoredFile, wish: RenderRequest): Promise<Made> {
  let version = file.checksum;
  if (version === '') {
    const known = await storage.stat(originalKey(file.filenameDisk) ?? 'none');
    version = known ? `${known.size} ${known.modified.getTime()}` : '';
  }
  const fingerprint = fingerprintOf(edition, file.filenameDisk, version, wish.width, wish.height, wish.fit, wish.quality, wish.format);
  return { key: `${derivedPrefix(file.id)}${fingerprint}.${wish.format}`, fingerprint, type: formatTypes[wish.format] };
}

/** Opens the maker of a project's thumbnails. */
export function createThumbnails(storage: Storage, settings: AssetSettings, log: Log): Thumbnails {
  const queue = createRenderQueue(settings);
  const memory = new LRUCache<string, Kept>({
    maxSize: Math.max(1, settings.memoryBytes),
    maxEntrySize: largestKept,
    sizeCalculation: ({ data }) => data.length + 500,
  });
  const failures = new LRUCache<string, GatewayError>({ max: failuresKept, ttl: failureLife });
  const making = new Map<string, Promise<Content>>();
  const writing = new Set<Promise<void>>();

  function kept({ fingerprint, type }: Made, { data, modified }: Kept): Content {
    return {
      type,
      size: data.length,
      modified,
      tag: `"${fingerprint}"`,
      open: async (range) => (range ? data.subarray(range.start, range.end + 1) : data),
    };
  }

  async function stored(made: Made): Promise<Content | undefined> {
    const object = await storage.read(made.key);
    if (!object) return undefined;
    const { size, modified, stream } = object;
    // What was written when the power went.
    if (size === 0) {
      stream.destroy();
      return undefined;
    }
    if (size <= largestKept) {
      const found: Kept = { data: await collected(stream, size), modified };
      memory.set(made.key, found);
      return kept(made, found);
    }
    stream.destroy();
    const open: Content['open'] = async (range) => (await storage.read(made.key, range))?.stream;
    return { type: made.type, size, modified, tag: `"${made.fingerprint}"`, open };
  }

  /** The answer does not wait for it. */
  function store({ key, type }: Made, data: Buffer): void {
    const work = storage
      .write(key, data, { type, lasting: false })
      .then(
        () => undefined,
        (error: unknown) => log.warn({ reason: reason(error) }, 'an image that was made could not be stored'),
      )
      .finally(() => writing.delete(work));
    writing.add(work);
  }

  async function render(file: StoredFile, wish: RenderRequest, { key }: Made): Promise<Buffer> {
    const source = await imageSource(storage, originalKey(file.filenameDisk) ?? 'none', settings.inputBytes);
    try {
      const threads = Math.max(1, Math.floor(availableParallelism() / queue.usage().taken));
      return await renderImage(source, wish, { ...settings, threads });
    } catch (error) {
      if (error instanceof GatewayError) failures.set(key, error);
      throw error;
    }
  }

  async function make(file: StoredFile, wish: RenderRequest, made: Made): Promise<Content> {
    const found = await stored(made);
    if (found) return found;
    const fresh: Kept = { data: await queue.run(() => render(file, wish, made)), modified: new Date() };
    memory.set(made.key, fresh);
    store(made, fresh.data);
    return kept(made, fresh);
  }

  return {
    async get(file, { format, ...size }) {
      const wish: RenderRequest = { ...size, format: format ?? formatOfFile(file.filenameDisk) };
      const made = await nameOf(storage, file, wish);
      const known = memory.get(made.key);
      if (known) return kept(made, known);
      const failure = failures.get(made.key);
      if (failure) throw failure;
      const running = making.get(made.key);
      if (running) return running;
      const work = make(file, wish, made).finally(() => making.delete(made.key));
      making.set(made.key, work);
      return work;
    },

    usage: () => queue.usage(),
    async close() {
      await Promise.all(writing);
    },
  };
}
