/** What photographers and cameras have written into a picture: title, description, place and keywords, of IPTC, XMP and EXIF. */

export interface PictureMetadata {
  readonly title?: string;
  readonly description?: string;
  readonly location?: string;
  readonly tags?: readonly string[];
}

/** The types that such words are looked for in. */
const withMetadata = new Set(['image/jpeg', 'image/tiff', 'image/heic', 'image/heif', 'image/avif', 'image/png']);

const options = {
  iptc: true,
  xmp: true,
  icc: false,
  ifd0: true,
  exif: false,
  gps: false,
  jfif: false,
  ihdr: false,
  translateValues: false,
  mergeOutput: false,
};

type Tags = Readonly<Record<string, unknown>>;

const isTags = (value: unknown): value is Tags => typeof value === 'object' && value !== null;

/** A text without what cameras fill its end with; undefined where nothing is left. */
export function plainText(value: unknown): string | undefined {
  const said = Array.isArray(value) ? value.join(', ') : value;
  if (typeof said !== 'string') return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is filled with
  const clean = said.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '').trim();
  return clean === '' ? undefined : clean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes that were taken for Latin-1 each, as the UTF-8 that most of today's programs write: what is not that is Latin-1 indeed. */
function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that one byte can be
  if (typeof value !== 'string' || !/^[\u0000-\u00ff]*$/.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** A value of XMP: of texts in several languages, that which is for everybody, else the first. */
function ofXmp(value: unknown): unknown {
  if (Array.isArray(value)) {
    const usual = value.find((one) => isTags(one) && one['lang'] === 'x-default') ?? value[0];
    return isTags(usual) ? ofXmp(usual) : value.map(ofXmp);
  }
  if (isTags(value)) return ofXmp(value['value']);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.replace(/&(lt|gt|quot|apos|amp);/g, (whole, name) => entities[name] ?? whole) : undefined;
}

function keywordsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[,;]/) : [];
  return list.flatMap((word: unknown) => plainText(word)?.replaceAll(',', ' ') ?? []);
}

const placeOf = (tags: Tags, read: (value: unknown) => unknown): string | undefined =>
  plainText([tags['City'], tags['State'], tags['Country']].flatMap((place) => plainText(read(place)) ?? []));

/** The words of a picture that begins with `head`: IPTC goes before XMP, and both before EXIF. */
export async function pictureMetadata(head: Buffer, type: string): Promise<PictureMetadata> {
  if (!withMetadata.has(type)) return {};
  const { default: exifr } = await import('exifr');
  const found: unknown = await exifr.parse(head, options as never);
  const part = (name: string): Tags => (isTags(found) && isTags(found[name]) ? found[name] : {});
  const [iptc, dc, photoshop, exif] = [part('iptc'), part('dc'), part('photoshop'), part('ifd0')];
  const said = (value: unknown): string | undefined => plainText(decoded(value));
  const xmp = (value: unknown): string | undefined => plainText(ofXmp(value));
  const title = said(iptc['ObjectName']) ?? xmp(dc['title']) ?? said(iptc['Headline']) ?? xmp(photoshop['Headline']);
  const description = said(iptc['Caption']) ?? xmp(dc['description']) ?? said(exif['ImageDescription']);
  const location = placeOf(iptc, decoded) ?? placeOf(photoshop, ofXmp);
  const own = keywordsOf(decoded(iptc['Keywords']));
  const tags = own.length > 0 ? own : keywordsOf(ofXmp(dc['subject']));
  return {
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    ...(location ? { location } : {}),
    ...(tags.length > 0 ? { tags } : {}),
  };
}
