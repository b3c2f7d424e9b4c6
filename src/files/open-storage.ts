/** Opens the storage that a project is configured for, and says of whatever fails there that it is the storage's fault. */
import { Readable } from 'node:stream';
import type { StorageConfig } from '../config/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { openLocalStorage } from './local.ts';
import type { Storage } from './types.ts';

/**
 * Opens a storage. Nothing is asked of it yet: a place that does not answer keeps no project from being opened.
 *
 * Its functions throw GatewayError `storage_unavailable` where the place fails; what the content of a write or its signal throws goes on
 * as it is.
 */
export async function openStorage(config: StorageConfig): Promise<Storage> {
  if (config.driver === 'local') return translating(openLocalStorage(config.root));
  const { openS3Storage } = await import('./s3.ts');
  return translating(openS3Storage(config));
}

function fault(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('storage_unavailable', {}, error);
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fault(error);
  }
}

/** The same content, and what made it break off where it did: a stream that a storage gives up says the storage's fault as if it were its own. */
function watched(content: Readable): { readonly content: Readable; readonly broke: (error: unknown) => boolean } {
  let seen: { readonly error: unknown } | undefined;
  // It may break off before anybody reads; whoever reads then is told.
  content.on('error', () => {});
  async function* chunks(): AsyncGenerator<Buffer> {
    const iterator = content[Symbol.asyncIterator]();
    const next = (): Promise<IteratorResult<Buffer>> =>
      iterator.next().catch((error: unknown) => {
        seen = { error };
        throw error;
      });
    try {
      for (let step = await next(); !step.done; step = await next()) yield step.value;
    } finally {
      content.destroy();
    }
  }
  return { content: Readable.from(chunks(), { objectMode: false }), broke: (error) => seen !== undefined && seen.error === error };
}

function translating(storage: Storage): Storage {
  return {
    name: storage.name,
    ...(storage.pathOf ? { pathOf: storage.pathOf } : {}),
    async write(key, content, options) {
      const source = Buffer.isBuffer(content) ? { content, broke: () => false } : watched(content);
      try {
        return await storage.write(key, source.content, options);
      } catch (error) {
        if (options?.signal?.aborted || source.broke(error)) throw error;
        throw fault(error);
      }
    },
    read: (key, range) => translated(storage.read(key, range)),
    stat: (key) => translated(storage.stat(key)),
    remove: (keys) => translated(storage.remove(keys)),
    async *list(prefix) {
      try {
        yield* storage.list(prefix);
      } catch (error) {
        throw fault(error);
      }
    },
    removeUnfinished: (before) => translated(storage.removeUnfinished(before)),
    check: () => translated(storage.check()),
    close: () => storage.close(),
  };
}
