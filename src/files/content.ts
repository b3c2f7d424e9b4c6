/** What is handed out: bytes with their type, size, time and tag, from wherever they are. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { originalKey } from './keys.ts';
import type { ByteRange, Storage } from './types.ts';

export interface Content {
  readonly type: string;
  readonly size: number;
  readonly modified: Date;
  /** A strong entity tag, with its quotes. */
  readonly tag: string;
  /** All of it or a part; undefined where it is gone meanwhile. */
  open(range?: ByteRange): Promise<Buffer | Readable | undefined>;
}

/** What is known of a file: its row, as far as handing it out needs it. */
export interface StoredFile {
  readonly id: string;
  readonly filenameDisk: string;
  readonly filenameDownload: string;
  readonly type: string;
  readonly charset: string;
  /** Of the content, as it was uploaded; empty where that is not known. */
  readonly checksum: string;
}

/** The bytes of a stream that is to have so many. */
export async function collected(stream: Readable, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (at + chunk.length > size) throw new Error('the object is longer than it was said to be');
    at += chunk.copy(bytes, at);
  }
  if (at < size) throw new Error('the object is shorter than it was said to be');
  return bytes;
}

/** A short text that tells apart what the parts tell apart. */
export function fingerprintOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** A file as it was uploaded; undefined where the storage does not have it. */
export async function originalContent(storage: Storage, file: StoredFile): Promise<Content | undefined> {
  const key = originalKey(file.filenameDisk);
  const object = key === undefined ? undefined : await storage.stat(key);
  if (key === undefined || !object) return undefined;
  const { size, modified } = object;
  return {
    type: file.type,
    size,
    modified,
    tag: `"${fingerprintOf(file.checksum, size, modified.getTime())}"`,
    open: async (range) => (await storage.read(key, range))?.stream,
  };
}
