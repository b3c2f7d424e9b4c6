/** The row of a file, made of what was stored and what was sent with it. */
import { utcText } from '../engine/journal.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Json } from '../lib/json-body.ts';
import type { RequestedItem } from '../query/mutation.ts';
import type { Embed } from './embeds.ts';
import { diskName, downloadName, privateHash, titleOf } from './names.ts';
import type { Received } from './receive.ts';

/** Whose file it is, and where it lies. */
export interface Filing {
  /** The user's id; 0 for the public. */
  readonly user: string;
  /** The storage's name. */
  readonly storage: string;
  readonly now: Date;
}

/** Columns that are told from the content, or by whom it came: not for clients to say. */
const ours = ['type', 'filesize', 'charset', 'embed', 'private_hash', 'uploaded_by', 'uploaded_on'];

const cut = (value: string, most: number): string => Array.from(value).slice(0, most).join('');

/** Keywords as far as their column takes them, with commas between. */
function fitting(tags: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const tag of tags) {
    length += tag.length + 1;
    if (length > 250) break;
    kept.push(tag);
  }
  return kept;
}

/** What was sent beside the content, without what is ours to say. Throws validation for that, and for what the content is not. */
function sentBeside(fields: RequestedItem, storage: string, received: Received | undefined): RequestedItem {
  const { data: _, filename_disk: __, checksum, storage: place, ...sent } = fields;
  const wrong = ours.filter((name) => Object.hasOwn(sent, name));
  if (wrong.length > 0) {
    throw new GatewayError('validation', { message: wrong.map((name) => `${name}: This is told by the server; leave it out.`).join(' ') });
  }
  if (place !== undefined && place !== storage) {
    throw new GatewayError('validation', { message: `storage: There is no such storage; this project keeps its files in "${storage}".` });
  }
  if (checksum !== undefined && received && String(checksum).toLowerCase() !== received.checksum) {
    throw new GatewayError('validation', { message: `checksum: The content that arrived has another one: ${received.checksum}.` });
  }
  return Object.hasOwn(sent, 'tags') ? { ...sent, tags: tagsOf(sent['tags'] ?? null) } : sent;
}

/** Keywords as a form sends them, with commas between. */
function tagsOf(value: Json): Json {
  if (typeof value !== 'string') return value;
  return value.split(',').flatMap((tag) => (tag.trim() === '' ? [] : [tag.trim()]));
}

/** What the content says, as columns hold it. */
function contentColumns(received: Received, storage: string): RequestedItem {
  const { disk, type, filesize, checksum } = received;
  const { width = null, height = null, duration = 0 } = received;
  const charset = type.startsWith('image/') && type !== 'image/svg+xml' ? 'binary' : '';
  return { storage, filename_disk: disk, type, filesize, checksum, charset, width, height, duration, embed: null };
}

/** What a client may say where the content does not. */
const unmeasured = ['width', 'height', 'duration'] as const;

function known(received: Received, sent: RequestedItem): RequestedItem {
  return Object.fromEntries(
    unmeasured.flatMap((name) => (received[name] === undefined && Object.hasOwn(sent, name) ? [[name, sent[name] ?? null]] : [])),
  );
}

/** The name it is offered under; what a client says it is goes before what it sent it as. */
function nameOf(fields: RequestedItem, name: string): string {
  const said = fields['filename_download'];
  return downloadName(typeof said === 'string' ? said : name);
}

/** The row of a file that is new. */
export function newFile(fields: RequestedItem, name: string, received: Received, { user, storage, now }: Filing): RequestedItem {
  const sent = sentBeside(fields, storage, received);
  const filename = nameOf(sent, name);
  const own: RequestedItem = {
    title: cut(received.title ?? titleOf(filename), 255),
    description: received.description ?? '',
    location: cut(received.location ?? '', 200),
    tags: fitting(received.tags ?? []),
    ...sent,
  };
  const columns = contentColumns(received, storage);
  const by = { private_hash: privateHash(), uploaded_by: user, uploaded_on: utcText(now) };
  return { ...own, ...columns, ...known(received, sent), ...by, filename_download: filename };
}

/** The row of a film that stands elsewhere: it has no content here, and a name on disk that nothing lies under. */
export function newEmbed(fields: RequestedItem, { type, id }: Embed, { user, storage, now }: Filing): RequestedItem {
  const sent = sentBeside(fields, storage, undefined);
  const filename = nameOf(sent, `${type.slice(type.indexOf('/') + 1)}-${id}`);
  const columns = { storage, filename_disk: diskName('uuid', filename, 'embed'), type, filesize: 0, charset: '', embed: id };
  const by = { private_hash: privateHash(), uploaded_by: user, uploaded_on: utcText(now) };
  const own: RequestedItem = { title: filename, description: '', location: '', tags: [], width: null, height: null, duration: 0, ...sent };
  return { ...own, ...columns, ...by, checksum: null, filename_download: filename };
}

/** The columns of a row whose content is another one now; what was said of it stays. */
export function replacedContent(fields: RequestedItem, received: Received, { storage }: Filing): RequestedItem {
  const sent = sentBeside(fields, storage, received);
  const name = sent['filename_download'];
  const renamed = typeof name === 'string' ? { filename_download: downloadName(name) } : {};
  return { ...sent, ...contentColumns(received, storage), ...known(received, sent), ...renamed };
}

/** Columns of those rows that nobody sent: whether the caller may write them is no question. */
export function filledColumns(items: readonly RequestedItem[], sent: readonly RequestedItem[]): ReadonlySet<string> {
  const chosen = new Set(sent.flatMap((fields) => Object.keys(fields)));
  const always = ['storage', 'filename_disk', 'checksum'];
  const names = items.flatMap((item) => Object.keys(item));
  return new Set(names.filter((name) => always.includes(name) || !chosen.has(name)));
}

/** A text among the values that were sent. */
export function textIn(fields: RequestedItem, name: string): string | undefined {
  const value: Json | undefined = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
