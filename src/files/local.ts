/** Files in a folder of this machine. What is written lies aside until it is whole. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LRUCache } from 'lru-cache';
import { checkKey, checkPrefix } from './keys.ts';
import type { Storage, StoredObject } from './types.ts';

/** Begins with a dot, so that no key leads there. */
const unfinished = '.unfinished';

/** Bytes that are read at once: the usual 64 KB take a file three times the effort. */
const highWaterMark = 256 * 1024;

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** What is not there is undefined. */
async function found<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Makes a name survive a loss of power. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await found(open(folder, 'r'));
  await handle?.sync().finally(() => handle.close());
}

/** Both end the file, whatever comes. A stream for what is there already would take three times the effort. */
async function writeWhole(file: FileHandle, content: Buffer, lasting: boolean): Promise<number> {
  try {
    await file.writeFile(content);
    if (lasting) await file.sync();
  } finally {
    await file.close();
  }
  return content.length;
}

async function writeStream(file: FileHandle, content: Readable, lasting: boolean, signal: AbortSignal | undefined): Promise<number> {
  const aside = file.createWriteStream({ flush: lasting });
  await pipeline(content, aside, signal ? { signal } : {});
  return aside.bytesWritten;
}

/** Opens the storage of a folder, which is made by the first write. */
export function openLocalStorage(folder: string): Storage {
  const root = resolve(folder);
  const pathOf = (key: string): string => {
    checkKey(key);
    return join(root, ...key.split('/'));
  };

  async function statOf(key: string): Promise<StoredObject | undefined> {
    const known = await found(stat(pathOf(key)));
    return known?.isFile() ? { key, size: known.size, modified: known.mtime } : undefined;
  }

  /** Folders that were there not long ago; those of thumbnails are made one for each file. */
  const seen = new LRUCache<string, true>({ max: 1000 });

  /** Makes the folder where there may be none, and again when another write takes it away because it was empty. */
  async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      if (!seen.has(folder)) await mkdir(folder, { recursive: true });
      seen.set(folder, true);
      try {
        return await work();
      } catch (error) {
        if (!hasCode(error, 'ENOENT') || attempt === 5) throw error;
        seen.delete(folder);
      }
    }
  }

  async function* walk(below: string, prefix: string): AsyncGenerator<StoredObject> {
    const entries = await found(opendir(join(root, below)));
    if (!entries) return;
    for await (const { name } of entries) {
      if (name.startsWith('.')) continue;
      const key = below === '' ? name : `${below}/${name}`;
      if (!key.startsWith(prefix) && !prefix.startsWith(`${key}/`)) continue;
      const known = await found(stat(join(root, key)));
      if (known?.isDirectory()) yield* walk(key, prefix);
      else if (known?.isFile()) yield { key, size: known.size, modified: known.mtime };
    }
  }

  /** Folders that are empty now, up to the root. */
  async function tidy(from: string): Promise<void> {
    for (let path = from; path.startsWith(root + sep); path = dirname(path)) {
      const gone = await rmdir(path).then(
        () => true,
        () => false,
      );
      if (!gone) return;
    }
  }

  return {
    name: 'local',

    async write(key, content, { signal, lasting = true } = {}) {
      signal?.throwIfAborted();
      const target = pathOf(key);
      const path = join(root, unfinished, randomUUID());
      const file = await inFolder(dirname(path), () => open(path, 'wx'));
      try {
        const size = Buffer.isBuffer(content)
          ? await writeWhole(file, content, lasting)
          : await writeStream(file, content, lasting, signal);
        await inFolder(dirname(target), () => rename(path, target));
        if (lasting) await flushFolder(dirname(target));
        return size;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },

    async read(key, range) {
      const handle = await found(open(pathOf(key), 'r'));
      if (!handle) return undefined;
      try {
        const known = await handle.stat();
        if (!known.isFile()) {
          await handle.close();
          return undefined;
        }
        const stream = handle.createReadStream({ highWaterMark, ...(range ? { start: range.start, end: range.end } : {}) });
        return { key, size: known.size, modified: known.mtime, stream };
      } catch (error) {
        await handle.close();
        throw error;
      }
    },

    stat: statOf,
    pathOf,

    async remove(keys) {
      const folders = new Set<string>();
      for (const path of keys.map(pathOf)) {
        await found(rm(path, { force: true }));
        folders.add(dirname(path));
      }
      for (const one of folders) await tidy(one);
    },

    async *list(prefix) {
      checkPrefix(prefix);
      // From the last whole folder of the prefix on.
      yield* walk(prefix.slice(0, Math.max(prefix.lastIndexOf('/'), 0)), prefix);
    },

    async removeUnfinished(before) {
      const entries = await found(opendir(join(root, unfinished)));
      let removed = 0;
      if (!entries) return removed;
      for await (const { name } of entries) {
        const path = join(root, unfinished, name);
        const known = await found(stat(path));
        if (!known || known.mtime >= before) continue;
        await rm(path, { force: true });
        removed += 1;
      }
      return removed;
    },

    async check() {
      await mkdir(join(root, unfinished), { recursive: true });
      const path = join(root, unfinished, randomUUID());
      await (await open(path, 'wx')).close();
      await rm(path, { force: true });
    },

    async close() {},
  };
}
