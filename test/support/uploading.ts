/** A garden with a folder of its own for files, and a client that sends them. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { UploadFileSettings } from '../../src/config/schema.ts';
import { tokens as tokenOf, type tokens, type Who } from '../fixtures/garden-people.ts';
import type { World } from './garden.ts';
import type { Answer, Json } from './http.ts';
import { type OwnGarden, ownGarden } from './own-garden.ts';

export interface UploadGarden extends OwnGarden {
  readonly root: string;
  /** Names of what is stored. */
  stored(): Promise<string[]>;
  /** Sends a form: texts are fields, blobs and pairs of a blob and its name are files, in that order. */
  form(parts: readonly FormPart[], options?: FormOptions): Promise<Answer>;
}

export type FormPart = readonly [name: string, value: string | Uint8Array, filename?: string];

interface FormOptions {
  readonly who?: Who | null;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const boundary = 'the-edge-of-a-part';

/** The form as bytes, with names as they are given: no client would send some of them. */
export function formBytes(parts: readonly FormPart[]): Buffer {
  const pieces = parts.flatMap(([name, value, filename]) => {
    const file = filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: application/octet-stream`;
    return [
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`),
      Buffer.from(value as string),
      Buffer.from('\r\n'),
    ];
  });
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

export const formType = `multipart/form-data; boundary=${boundary}`;

async function sendForm(garden: World, parts: readonly FormPart[], options: FormOptions): Promise<Answer> {
  const { who = 'admin', path = 'files', method = 'POST', headers = {} } = options;
  const response = await fetch(`${garden.gateway.url}/garden/${path}`, {
    method,
    headers: {
      ...headers,
      'content-type': formType,
      ...(who === null ? {} : { authorization: `Bearer ${tokenOf[who as keyof typeof tokens]}` }),
    },
    body: formBytes(parts),
  });
  const text = await response.text();
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), text, json };
}

/** Runs with such a garden and takes it down, with its folders. */
export async function uploadGarden(
  world: World,
  run: (garden: UploadGarden) => Promise<void>,
  uploads: UploadFileSettings = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-uploads-'));
  const root = join(folder, 'files');
  const settings = { storage: { driver: 'local', root } as const, uploads: { partsFolder: join(folder, 'parts'), ...uploads } };
  try {
    await ownGarden(
      world,
      (garden) =>
        run({
          ...garden,
          root,
          form: (parts, options = {}) => sendForm(garden, parts, options),
          async stored() {
            const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
            return entries
              .filter((entry) => entry.isFile())
              .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
              .sort();
          },
        }),
      settings,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A small picture. */
export function picture(width = 40, height = 30, background = '#3366aa'): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}
