/** What a file's own content says of it: dimensions, duration, title, words. Nothing of it is worth failing for. */
import exifr from 'exifr';
import { parseBuffer } from 'music-metadata';
import sharp from 'sharp';

/** Bytes from the start of content that are looked at; what stands behind them stays unknown. */
export const examinedBytes = 8 * 1024 * 1024;

export interface ContentFacts {
  readonly width?: number;
  readonly height?: number;
  /** Whole seconds. */
  readonly duration?: number;
  readonly title?: string;
  readonly description?: string;
  readonly location?: string;
  readonly tags?: readonly string[];
}

/** Whether content of the type says anything of itself, so that its beginning is worth keeping. */
export function isTelling(type: string): boolean {
  return /^(?:image|audio|video)\//.test(type) || type === 'application/ogg';
}

const text = (value: unknown): string | undefined => {
  const said = Array.isArray(value) ? value.join(', ') : value;
  if (typeof said !== 'string') return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: cameras fill the rest of a text with them
  const clean = said.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '').trim();
  return clean === '' ? undefined : clean;
};

const words = (value: unknown): string[] =>
  (Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,;]/) : []).flatMap(
    (word: unknown) => text(word)?.replaceAll(',', ' ') ?? [],
  );

/** The facts of content that begins with `head`; `size` is that of all of it. */
export async function contentFacts(head: Buffer, type: string, size: number): Promise<ContentFacts> {
  const found = type.startsWith('image/')
    ? [dimensions(head, type), described(head, type)]
    : isTelling(type)
      ? [played(head, type, size)]
      : [];
  const facts = await Promise.all(found.map((one) => one.catch(() => ({}))));
  return Object.assign({}, ...facts) as ContentFacts;
}

/** Of the picture as it is shown: cameras note how they were held. */
async function dimensions(head: Buffer, type: string): Promise<ContentFacts> {
  // Of a drawing nothing is painted, only its size is read; the header alone is, of a picture.
  if (type === 'image/svg+xml' && head.length > 1024 * 1024) return {};
  const { width, height, pageHeight, orientation } = await sharp(head, { limitInputPixels: false, failOn: 'none' }).metadata();
  if (!width || !height) return {};
  const own = { width, height: pageHeight ?? height };
  return orientation !== undefined && orientation >= 5 ? { width: own.height, height: own.width } : own;
}

const camera = new Set(['image/jpeg', 'image/tiff', 'image/heic', 'image/heif', 'image/avif', 'image/png']);

async function described(head: Buffer, type: string): Promise<ContentFacts> {
  if (!camera.has(type)) return {};
  const options = {
    iptc: true,
    xmp: false,
    icc: false,
    ifd0: true,
    exif: false,
    gps: false,
    jfif: false,
    ihdr: false,
    translateValues: false,
  };
  const tags: Record<string, unknown> | undefined = await exifr.parse(head, options as never);
  if (!tags) return {};
  const title = text(tags['ObjectName']) ?? text(tags['Headline']);
  const description = text(tags['Caption']) ?? text(tags['ImageDescription']);
  const places = [tags['City'], tags['State'], tags['Country']].flatMap((place) => text(place) ?? []);
  const keywords = words(tags['Keywords']);
  return {
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(places.length > 0 ? { location: places.join(', ') } : {}),
    ...(keywords.length > 0 ? { tags: keywords } : {}),
  };
}

async function played(head: Buffer, type: string, size: number): Promise<ContentFacts> {
  const { format, common } = await parseBuffer(
    head,
    { mimeType: type, size },
    { skipCovers: true, duration: false, skipPostHeaders: true },
  );
  const { duration } = format;
  const title = text(common.title);
  return {
    ...(duration !== undefined && Number.isFinite(duration) ? { duration: Math.min(2_147_483_647, Math.round(duration)) } : {}),
    ...(title ? { title } : {}),
  };
}
