/** Files that stand in JSON: their content is stored, and a row is made of it (directus8-system §12.3). */
import { Readable } from 'node:stream';
import type { FileWrites } from '../engine/file-writes.ts';
import { filledColumns, newEmbed, newFile, textIn } from '../files/file-item.ts';
import { sentContent } from '../files/sent-content.ts';
import { GatewayError } from '../lib/errors.ts';
import type { RequestedItem } from '../query/mutation.ts';
import { storeContent, storeImported, type Uploads } from './uploads.ts';

/** A row that is to be made, and what of it the client said. */
export interface Making {
  readonly item: RequestedItem;
  readonly sent: RequestedItem;
}

/** What is said of parts that are missing. */
export const blank = (...names: readonly string[]): GatewayError =>
  new GatewayError('validation', { message: names.map((name) => `${name}: This value should not be blank.`).join(' ') });

/** Names that must come with base64. */
const bothNames = ['filename_disk', 'filename_download'] as const;

/**
 * Stores the content in `data`, and makes the row. With base64 the `names` must be there.
 *
 * @throws GatewayError validation for what is missing, no content, or not taken
 */
export async function madeOfJson(uploads: Uploads, fields: RequestedItem, names: readonly string[] = bothNames): Promise<Making> {
  const data = textIn(fields, 'data') ?? '';
  const missing = ['data', ...names].filter((name) => (textIn(fields, name) ?? '') === '');
  if (data === '') throw blank(...missing);
  const content = sentContent(data);
  const sent = sentColumns(fields);
  if (content.is === 'embed') return { item: newEmbed(fields, content.embed, uploads.filing), sent };
  if (content.is === 'url') {
    const { received, name } = await storeImported(uploads, content.url, fields);
    return { item: newFile(fields, name, received, uploads.filing), sent };
  }
  if (missing.length > 0) throw blank(...missing);
  const name = textIn(fields, 'filename_download') ?? '';
  const received = await storeContent(uploads, Readable.from([content.bytes]), textIn(fields, 'filename_disk') ?? name);
  return { item: newFile(fields, name, received, uploads.filing), sent };
}

/** What goes into columns as it was sent. */
export function sentColumns({ data: _, filename_disk: __, ...fields }: RequestedItem): RequestedItem {
  return fields;
}

/** What the write of those rows knows of them. Films have a name on disk too, under which nothing is stored. */
export function fileWritesOf({ stored }: Uploads, made: readonly Making[]): FileWrites {
  const items = made.map(({ item }) => item);
  const names = items.flatMap((item) => textIn(item, 'filename_disk') ?? []);
  const filled = filledColumns(
    items,
    made.map(({ sent }) => sent),
  );
  return { stored: new Set([...stored, ...names]), filled };
}
