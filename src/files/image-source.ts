/** What an image is made of: the content of a file, or where it lies, and its beginning, which tells what is in it. */
import { fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { GatewayError } from '../lib/errors.ts';
import { collected } from './content.ts';
import type { Storage } from './types.ts';

export interface ImageSource {
  /** A path has sharp read the file itself, which spares copies of it. */
  readonly content: Buffer | string;
  readonly head: Buffer;
}

/** As much of a file as tells what is in it. */
const headLength = 4100;

function demandSize(size: number, most: number): void {
  if (size <= most) return;
  throw new GatewayError('unprocessable', { message: `Images are made of files of ${most} bytes at most (assets.inputBytes)` });
}

const missing = (): GatewayError => new GatewayError('unprocessable', { message: 'The content of this file is not in the storage' });

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) throw missing();
    throw error;
  }
}

/**
 * The object under the key, of `most` bytes.
 *
 * @throws GatewayError `unprocessable` where there is none, or a larger one
 */
export async function imageSource(storage: Storage, key: string, most: number): Promise<ImageSource> {
  const path = storage.pathOf?.(key);
  if (path !== undefined) return { content: path, head: await headOf(path, most) };
  const object = await storage.read(key);
  if (!object) throw missing();
  try {
    demandSize(object.size, most);
    const content = await collected(object.stream, object.size);
    return { content, head: content.subarray(0, headLength) };
  } finally {
    object.stream.destroy();
  }
}

async function headOf(path: string, most: number): Promise<Buffer> {
  const file = await opened(path);
  try {
    // Of an open file this is known to the system: no disk is waited for, and no thread.
    const known = fstatSync(file.fd);
    if (!known.isFile()) throw missing();
    demandSize(known.size, most);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headLength), 0, headLength, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
