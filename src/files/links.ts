/** Where a file and its thumbnails are found: the member `data` of its row, as the app and the SDK read it (directus8-system §12.1). */
import type { FileFacts, FileMember } from '../query/file-data.ts';
import { shownEmbed } from './embeds.ts';
import { type Whitelist, whitelistOf } from './image-request.ts';

/** What the addresses of a project's files depend on. */
export interface Links {
  readonly project: string;
  /** As `https://host`, or nothing where no request says it. */
  readonly origin: string;
  /** `directus_settings` by key. */
  readonly settings: ReadonlyMap<string, string | null>;
}

/** What thumbnails are made of. */
const pictured: ReadonlySet<string> = new Set(['image/jpeg', 'image/gif', 'image/png', 'image/webp', 'image/avif', 'image/tiff']);

const whitelists = new WeakMap<Links['settings'], Whitelist>();

function whitelistFor(settings: Links['settings']): Whitelist {
  const known = whitelists.get(settings) ?? whitelistOf(settings);
  whitelists.set(settings, known);
  return known;
}

/** The address of the file as an asset, without the host; null where the caller may not know its name. */
function assetPath({ project, settings }: Links, { private_hash, filename_download }: FileFacts): string | null {
  const name = settings.get('asset_url_naming') === 'filename_download' ? filename_download : private_hash;
  return name === null || name === undefined || name === '' ? null : `/${project}/assets/${encodeURIComponent(name)}`;
}

function thumbnails(links: Links, facts: FileFacts): unknown {
  const path = assetPath(links, facts);
  if (path === null || !pictured.has(facts.type ?? '')) return null;
  return [...whitelistFor(links.settings).byKey].map(([key, { width, height }]) => {
    const relative = `${path}?key=${encodeURIComponent(key)}`;
    return { key, url: links.origin + relative, relative_url: relative, dimension: `${width}x${height}`, width, height };
  });
}

/** The JSON text of those members of `data`. */
export function fileData(links: Links, facts: FileFacts, wanted: readonly FileMember[]): string {
  const { filename_disk: disk } = facts;
  const url = disk === null || disk === undefined ? null : `/uploads/${links.project}/originals/${encodeURIComponent(disk)}`;
  const made: Readonly<Record<FileMember, () => unknown>> = {
    full_url: () => url && links.origin + url,
    url: () => url,
    asset_url: () => assetPath(links, facts),
    thumbnails: () => thumbnails(links, facts),
    embed: () => shownEmbed(facts.type, facts.embed),
  };
  return JSON.stringify(Object.fromEntries(wanted.map((member) => [member, made[member]()])));
}
