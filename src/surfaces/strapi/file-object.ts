/** Files as Strapi's upload tells of them, made of the columns of `directus_files` (strapi-rest §13). */
import type { FileData } from '../../engine/file-data.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import type { Collection } from '../../schema/types.ts';
import { fieldOutput } from './forms.ts';
import { isShown, type Sight } from './sight.ts';

export const filesCollection = 'directus_files';

const columns = [
  'id',
  'filename_download',
  'filename_disk',
  'private_hash',
  'title',
  'description',
  'width',
  'height',
  'type',
  'filesize',
  'uploaded_on',
] as const;

type Column = (typeof columns)[number];
type Row = Readonly<Partial<Record<Column, string | number | null>>>;

/** The columns that a file is told by, as far as they may be read. */
export function fileColumns(sight: Sight, collection: Collection): Map<string, RequestedOutput> {
  const template = new Map<string, RequestedOutput>();
  for (const name of columns) {
    const field = collection.fields.get(name);
    if (field && (isShown(sight, field) || name === 'private_hash')) {
      if (sight.visible.field(field) !== 'no') template.set(name, fieldOutput(field));
    }
  }
  return template;
}

/** What a file is told by, beside its id. */
export const fileNames: readonly string[] = [
  'name',
  'alternativeText',
  'caption',
  'width',
  'height',
  'formats',
  'hash',
  'ext',
  'mime',
  'size',
  'url',
  'previewUrl',
  'provider',
  'provider_metadata',
];

interface Thumbnail {
  readonly key: string;
  readonly relative_url: string;
  readonly width: number;
  readonly height: number;
}

const text = (value: string | number | null | undefined): string | null => (typeof value === 'string' ? value : null);

function extension(name: string | null): string | null {
  const found = name === null ? undefined : /\.[^./\\]{1,16}$/.exec(name)?.[0];
  return found ?? null;
}

/** Sizes of an image by the names of the project's thumbnails; null for what is none. */
function formats(thumbnails: readonly Thumbnail[] | null, ext: string | null, mime: string | null): object | null {
  if (!thumbnails || thumbnails.length === 0) return null;
  return Object.fromEntries(thumbnails.map(({ key, relative_url: url, width, height }) => [key, { ext, mime, url, width, height }]));
}

const kilobytes = (bytes: string | number | null | undefined): number | null =>
  bytes === null || bytes === undefined ? null : Math.round(Number(bytes) / 10) / 100;

/** What a file is told by, of a row of those columns. */
function fileObject(row: Row, fileData: FileData): Record<string, unknown> {
  const facts = {
    private_hash: text(row.private_hash),
    filename_disk: text(row.filename_disk),
    filename_download: text(row.filename_download),
    type: text(row.type),
  };
  const data: { asset_url: string | null; thumbnails: readonly Thumbnail[] | null } = JSON.parse(
    fileData(facts, ['asset_url', 'thumbnails']),
  );
  const ext = extension(facts.filename_download ?? facts.filename_disk);
  return {
    id: row.id ?? null,
    name: row.filename_download ?? row.title ?? null,
    alternativeText: row.description ?? null,
    caption: row.title ?? null,
    width: row.width ?? null,
    height: row.height ?? null,
    formats: formats(data.thumbnails, ext, facts.type),
    hash: facts.private_hash,
    ext,
    mime: facts.type,
    size: kilobytes(row.filesize),
    url: data.asset_url,
    previewUrl: null,
    provider: 'local',
    provider_metadata: null,
    createdAt: row.uploaded_on ?? null,
    updatedAt: row.uploaded_on ?? null,
  };
}

/** The same of the row's JSON, with those members only that are asked for. */
export function fileText(fileData: FileData, shown: ReadonlySet<string> | undefined, more: 'attributes' | 'v5' | 'bare') {
  return (json: string): string => {
    const { id, ...object } = fileObject(JSON.parse(json) as Row, fileData);
    const kept = shown ? Object.entries(object).filter(([name]) => shown.has(name)) : Object.entries(object);
    const own =
      more === 'attributes' ? [] : more === 'v5' ? [['id', id] as const, ['documentId', String(id)] as const] : [['id', id] as const];
    return JSON.stringify(Object.fromEntries([...own, ...kept]));
  };
}
