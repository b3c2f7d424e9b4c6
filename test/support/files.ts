/** Files for tests: rows with content, written past the uploads; answers as bytes. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { originalKey } from '../../src/files/keys.ts';
import type { Storage } from '../../src/files/types.ts';
import { tokens, type Who } from '../fixtures/garden-people.ts';
import { project } from './gateway.ts';
import type { OwnGarden } from './own-garden.ts';

export interface Given {
  readonly name: string;
  readonly type: string;
  /** Without it there is a row alone. */
  readonly content?: Buffer;
  readonly hash?: string;
  readonly disk?: string;
  readonly uploadedBy?: number;
}

export interface ByteAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** The code of an error. */
  readonly code: number | undefined;
}

/** Runs with the storage of the garden's project. */
export async function withStorage<T>({ gateway }: Pick<OwnGarden, 'gateway'>, run: (storage: Storage) => Promise<T>): Promise<T> {
  const lease = await gateway.registry.lease(project);
  try {
    return await run(lease.project.files.storage);
  } finally {
    lease.release();
  }
}

let count = 0;

/** Keeps a file and gives its hash. */
export async function putFile(garden: OwnGarden, given: Given): Promise<string> {
  count += 1;
  const hash = given.hash ?? `hash${String(count).padStart(12, '0')}`;
  const disk = given.disk ?? `disk-${count}-${given.name.replace(/[^\w.-]/g, '')}`;
  const { content } = given;
  await withStorage(garden, async (storage) => {
    const key = originalKey(disk);
    if (content && key !== undefined) await storage.write(key, Readable.from([content]));
  });
  await garden.gateway.connection?.knex('directus_files').insert({
    private_hash: hash,
    filename_disk: disk,
    filename_download: given.name,
    type: given.type,
    uploaded_by: given.uploadedBy ?? 1,
    uploaded_on: '2026-01-02 03:04:05',
    charset: '',
    filesize: content?.length ?? 0,
    checksum: createHash('md5')
      .update(content ?? '')
      .digest('hex'),
  });
  return hash;
}

/** Asks for any path of the server. */
export async function bytes(garden: OwnGarden, path: string, who?: Who, options: RequestInit = {}): Promise<ByteAnswer> {
  const headers = { ...options.headers, ...(who ? { authorization: `Bearer ${tokens[who]}` } : {}) };
  const answer = await fetch(`${garden.gateway.url}${path}`, { ...options, headers });
  const body = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: answer.headers, body, code: codeOf(body) };
}

function codeOf(body: Buffer): number | undefined {
  try {
    return JSON.parse(body.toString('utf8'))?.error?.code;
  } catch {
    return undefined;
  }
}
