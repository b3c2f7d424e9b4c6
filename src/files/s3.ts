/** Files in a bucket of S3 or of what speaks like it. Loaded only where a project asks for it: the client is large. */
import { randomUUID } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { S3StorageConfig } from '../config/types.ts';
import { checkKey, checkPrefix } from './keys.ts';
import type { ByteRange, Storage, StoredObject } from './types.ts';

/** Bytes of one part, and parts that are under way at once: what an upload takes of memory. 10,000 parts are the most there may be. */
const partSize = 8 * 1024 * 1024;
const parts = 2;
/** Requests under way at once when many objects are removed. One request for many is not understood by every server. */
const removals = 16;
/** Milliseconds until there must be a connection, and for which one may stand still: whoever reads from it may read slowly. */
const connectionTimeout = 5_000;
const socketTimeout = 300_000;
/** Connections at once. Each file that somebody reads holds one until it is over. */
const agent = { keepAlive: true, maxSockets: 1_000 };

function clientOf(config: S3StorageConfig): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = config;
  const credentials = accessKeyId !== undefined && secretAccessKey !== undefined ? { accessKeyId, secretAccessKey } : undefined;
  return new S3Client({
    region: config.region ?? 'us-east-1',
    ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
    forcePathStyle: config.pathStyle ?? config.endpoint !== undefined,
    // Without them the usual places are looked at: environment, profile, role of the machine.
    ...(credentials ? { credentials: { ...credentials, ...(sessionToken === undefined ? {} : { sessionToken }) } } : {}),
    // Other servers than Amazon's do not all know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout, socketTimeout, httpAgent: agent, httpsAgent: agent },
  });
}

const statusOf = (error: unknown): number | undefined => (error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined);

/** What is not there is undefined. A missing bucket is a fault. */
async function found<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (statusOf(error) === 404 && !(error instanceof Error && error.name === 'NoSuchBucket')) return undefined;
    throw error;
  }
}

/** A range of what came: some servers do not know every range, and give more. */
async function* cut(whole: Readable, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of whole as AsyncIterable<Buffer>) {
    const piece = chunk.subarray(Math.max(start - at, 0), Math.max(end + 1 - at, 0));
    if (piece.length > 0) yield piece;
    at += chunk.length;
    if (at > end) return;
  }
}

/** Opens the storage of a bucket. */
export function openS3Storage(config: S3StorageConfig): Storage {
  const client = clientOf(config);
  const { bucket } = config;
  const before = config.prefix === undefined ? '' : `${config.prefix.replace(/^\/+|\/+$/g, '')}/`;
  const place = (key: string): { Bucket: string; Key: string } => {
    checkKey(key);
    return { Bucket: bucket, Key: before + key };
  };

  async function statOf(key: string): Promise<StoredObject | undefined> {
    const head = await found(client.send(new HeadObjectCommand(place(key))));
    return head && { key, size: head.ContentLength ?? 0, modified: head.LastModified ?? new Date(0) };
  }

  async function read(key: string, range?: ByteRange) {
    const Range = range && `bytes=${range.start}-${range.end}`;
    const got = await found(client.send(new GetObjectCommand({ ...place(key), ...(Range === undefined ? {} : { Range }) })));
    if (!got) return undefined;
    if (!(got.Body instanceof Readable)) throw new Error('the answer has no content');
    const [, first = '0', last = '', whole] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(got.ContentRange ?? '') ?? [];
    const from = Number(first);
    const exact = !range || (from === range.start && last !== '' && Number(last) <= range.end);
    const stream = exact ? got.Body : Readable.from(cut(got.Body, { start: range.start - from, end: range.end - from }));
    return { key, size: Number(whole ?? got.ContentLength ?? 0), modified: got.LastModified ?? new Date(0), stream };
  }

  return {
    name: 's3',

    async write(key, content, { type, signal } = {}) {
      let size = 0;
      const counted = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          size += chunk.length;
          done(null, chunk);
        },
      });
      const upload = new Upload({
        client,
        params: { ...place(key), Body: counted, ...(type === undefined ? {} : { ContentType: type }) },
        partSize,
        queueSize: parts,
      });
      // What breaks off breaks the upload too, which then takes away its parts; aborting it would not wait for requests under way.
      const flowing = pipeline(Buffer.isBuffer(content) ? Readable.from([content]) : content, counted, signal ? { signal } : {});
      const storing = upload.done().catch((error: Error) => {
        counted.destroy(error);
        throw error;
      });
      await Promise.allSettled([flowing, storing]);
      await flowing;
      await storing;
      return size;
    },

    async read(key, range) {
      try {
        return await read(key, range);
      } catch (error) {
        if (statusOf(error) !== 416) throw error;
        const known = await statOf(key);
        return known && { ...known, stream: Readable.from([]) };
      }
    },

    stat: statOf,

    async remove(keys) {
      const places = keys.map(place);
      for (let from = 0; from < places.length; from += removals) {
        const some = places.slice(from, from + removals);
        await Promise.all(some.map((one) => found(client.send(new DeleteObjectCommand(one)))));
      }
    },

    async *list(prefix) {
      checkPrefix(prefix);
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: before + prefix })) {
        for (const { Key = '', Size = 0, LastModified = new Date(0) } of Contents) {
          yield { key: Key.slice(before.length), size: Size, modified: LastModified };
        }
      }
    },

    async removeUnfinished(start) {
      let removed = 0;
      let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
      while (marker) {
        const answer: Awaited<ReturnType<typeof unfinished>> = await unfinished(marker).catch((error: unknown) => {
          // Some servers forget what was not finished by themselves, and have no list of it.
          if (statusOf(error) === 501) return {};
          throw error;
        });
        const { Uploads = [] } = answer;
        for (const { Key, UploadId, Initiated } of Uploads) {
          if (Key === undefined || UploadId === undefined || !Initiated || Initiated >= start) continue;
          await found(client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId })));
          removed += 1;
        }
        const { NextKeyMarker, NextUploadIdMarker } = answer;
        marker =
          answer.IsTruncated && NextKeyMarker !== undefined
            ? { KeyMarker: NextKeyMarker, ...(NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker }) }
            : undefined;
      }
      return removed;
    },

    async check() {
      const where = place(`checks/${randomUUID()}`);
      await client.send(new PutObjectCommand({ ...where, Body: Buffer.alloc(0), ContentLength: 0 }));
      await client.send(new DeleteObjectCommand(where));
    },

    async close() {
      client.destroy();
    },
  };

  function unfinished(marker: { KeyMarker?: string; UploadIdMarker?: string }): Promise<Partial<ListMultipartUploadsCommandOutput>> {
    return client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: before, ...marker }));
  }
}
