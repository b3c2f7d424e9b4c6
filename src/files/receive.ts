/** Takes content into a storage: looked at, counted and hashed on its way, never held. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GatewayError } from '../lib/errors.ts';
import { collected } from './content.ts';
import { type ContentFacts, contentFacts, examinedBytes, isExamined } from './content-facts.ts';
import { type ContentType, contentTypeOf, sniffedBytes } from './content-type.ts';
import { originals } from './keys.ts';
import { diskName } from './names.ts';
import type { ByteRange, Storage } from './types.ts';

/** What content must be. */
export interface Demands {
  readonly mostBytes: number;
  /** Types as `image/png` or `image/*`; without any, all are taken. */
  readonly types: readonly string[];
  /** The setting `file_naming`. */
  readonly naming: string | null | undefined;
  /** Takes pictures and PDF alone: what comes from other servers is read by nobody but those who asked for it. */
  readonly pictures?: boolean;
}

/** Content that is stored. */
export interface Received extends ContentFacts {
  /** Its name on disk, which is its key. */
  readonly disk: string;
  readonly type: string;
  readonly filesize: number;
  /** MD5, as the column has it. */
  readonly checksum: string;
}

const blank = (): GatewayError => new GatewayError('validation', { message: 'data: The file is empty.' });

function tooLarge(most: number): GatewayError {
  return new GatewayError('validation', { message: `data: The file has more than the ${most} bytes that a file may have here.` });
}

/** Throws validation for a type that is not taken. */
function demandType({ type }: ContentType, { types, pictures }: Demands): void {
  const fits =
    types.length === 0 || types.some((one) => one === type || one === '*/*' || (one.endsWith('/*') && type.startsWith(one.slice(0, -1))));
  const shown = !pictures || type.startsWith('image/') || type === 'application/pdf';
  if (fits && shown) return;
  const wanted = fits ? 'image/*, application/pdf' : types.join(', ');
  throw new GatewayError('validation', { message: `data: The content is of type ${type}; taken are ${wanted}.` });
}

/** The first bytes, and the content from its beginning on. */
async function peeked(content: AsyncIterator<Buffer>): Promise<{ head: Buffer; chunks: Buffer[] }> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < sniffedBytes) {
    const { done, value } = await content.next();
    if (done) break;
    chunks.push(value);
    size += value.length;
  }
  return { head: Buffer.concat(chunks).subarray(0, sniffedBytes), chunks };
}

/**
 * Stores the content under a new name. When it throws, nothing is stored.
 *
 * @throws GatewayError for content that is empty, too large, of a forbidden type, or that breaks off
 */
export async function receive(
  storage: Storage,
  content: AsyncIterable<Buffer>,
  name: string,
  demands: Demands,
  signal?: AbortSignal,
): Promise<Received> {
  const given = content[Symbol.asyncIterator]();
  try {
    const { head, chunks } = await peeked(given).catch((error: unknown) => {
      throw brokenOff(error);
    });
    if (head.length === 0) throw blank();
    const type = await contentTypeOf(head, name);
    demandType(type, demands);
    const disk = diskName(demands.naming, name, type.extension);
    const taken = take(given, chunks, demands.mostBytes, isExamined(type.type) ? examinedBytes : 0);
    const source = Readable.from(taken.chunks, { objectMode: false });
    const key = `${originals}${disk}`;
    await storage.write(key, source, { type: type.type, ...(signal ? { signal } : {}) });
    const facts = await contentFacts(taken.kept(), type.type, taken.size, (range) => partOf(storage, key, range));
    return { ...facts, disk, type: type.type, filesize: taken.size, checksum: taken.checksum() };
  } catch (error) {
    await given.return?.().catch(() => undefined);
    throw error;
  }
}

async function partOf(storage: Storage, key: string, range: ByteRange): Promise<Buffer> {
  const object = await storage.read(key, range);
  if (!object) throw new GatewayError('storage_unavailable');
  return collected(object.stream, Math.min(object.size, range.end + 1) - range.start);
}

interface Taken {
  readonly chunks: AsyncIterable<Buffer>;
  readonly size: number;
  kept(): Buffer;
  checksum(): string;
}

function take(source: AsyncIterator<Buffer>, first: readonly Buffer[], most: number, keeps: number): Taken {
  const hash = createHash('md5');
  const kept: Buffer[] = [];
  let [size, keptSize] = [0, 0];
  const count = (chunk: Buffer): Buffer => {
    size += chunk.length;
    if (size > most) throw tooLarge(most);
    hash.update(chunk);
    if (keptSize < keeps) {
      kept.push(chunk);
      keptSize += chunk.length;
    }
    return chunk;
  };
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for (const chunk of first) yield count(chunk);
      for (let next = await source.next(); !next.done; next = await source.next()) yield count(next.value);
    } catch (error) {
      throw brokenOff(error);
    }
  }
  return {
    chunks: chunks(),
    get size() {
      return size;
    },
    kept: () => Buffer.concat(kept).subarray(0, keeps),
    checksum: () => hash.digest('hex'),
  };
}

function brokenOff(error: unknown): GatewayError {
  return error instanceof GatewayError
    ? error
    : new GatewayError('bad_request', { message: 'The content broke off before its end' }, error);
}
