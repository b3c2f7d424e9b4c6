/** Where a file and its smaller images are found, made of its columns (payload-rest P-191). */
import type { FileFacts } from '../../query/file-data.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import type { Collection } from '../../schema/types.ts';
import type { Seeing } from './names.ts';
import type { Shape } from './shape.ts';
import { mediaSlug } from './slugs.ts';

const columns = ['filename_disk', 'filename_download', 'private_hash', 'type'] as const;

interface Thumbnail {
  readonly key: string;
  readonly relative_url: string;
  readonly width: number;
  readonly height: number;
}

/** The address of the content itself. */
function contentUrl(project: string, filename: string): string {
  return `/${project}/payload/api/${mediaSlug}/file/${encodeURIComponent(filename)}`;
}

/** `url`, `thumbnailURL` and `sizes`, as far as what they are made of may be read. */
export function addressOutputs(
  { visible }: Seeing,
  collection: Collection,
  { project, data }: NonNullable<Shape['files']>,
): [string, RequestedOutput][] {
  const of = new Map<string, RequestedOutput>();
  for (const name of columns) {
    const field = collection.fields.get(name);
    if (field && visible.field(field) !== 'no') of.set(name, { is: 'field', name });
  }
  const made = (make: (facts: FileFacts) => unknown): RequestedOutput => ({
    is: 'group',
    of,
    make: (text) => JSON.stringify(make(JSON.parse(text) as FileFacts)),
  });
  const thumbnails = (facts: FileFacts): readonly Thumbnail[] => {
    const told = JSON.parse(data(facts, ['thumbnails'])) as { readonly thumbnails: readonly Thumbnail[] | null };
    return told.thumbnails ?? [];
  };
  return [
    ['url', made(({ filename_disk: name }) => (name ? contentUrl(project, name) : null))],
    ['thumbnailURL', made((facts) => thumbnails(facts)[0]?.relative_url ?? null)],
    [
      'sizes',
      made((facts) =>
        Object.fromEntries(thumbnails(facts).map(({ key, relative_url: url, width, height }) => [key, { url, width, height }])),
      ),
    ],
  ];
}
