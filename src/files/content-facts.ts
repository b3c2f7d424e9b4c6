/** What a file's own content says of it: dimensions, duration, title, words. Nothing of it is worth failing for. */
import { filmIndex, filmSeconds, type ReadPart } from './film-index.ts';
import { type PictureMetadata, pictureMetadata, plainText } from './picture-metadata.ts';

/** Bytes from the start of content that are looked at; of what stands behind them only the index of a film is. */
export const examinedBytes = 8 * 1024 * 1024;

export interface ContentFacts extends PictureMetadata {
  readonly width?: number;
  readonly height?: number;
  /** Whole seconds. */
  readonly duration?: number;
}

/** Whether content of the type says anything of itself, so that its beginning is worth keeping. */
export function isExamined(type: string): boolean {
  return /^(?:image|audio|video)\//.test(type) || type === 'application/ogg';
}

/** The facts of content that begins with `head`; `size` is that of all of it, and `read` gives any part. */
export async function contentFacts(head: Buffer, type: string, size: number, read: ReadPart): Promise<ContentFacts> {
  const found = type.startsWith('image/')
    ? [dimensions(head, type), pictureMetadata(head, type)]
    : isExamined(type)
      ? [played(head, type, size, read)]
      : [];
  const facts = await Promise.all(found.map((one) => one.catch(() => ({}))));
  return Object.assign({}, ...facts) as ContentFacts;
}

/** Of the picture as it is shown: cameras note how they were held. */
async function dimensions(head: Buffer, type: string): Promise<ContentFacts> {
  // Of a drawing nothing is painted, only its size is read; the header alone is, of a picture.
  if (type === 'image/svg+xml' && head.length > 1024 * 1024) return {};
  const { default: sharp } = await import('sharp');
  const { width, height, pageHeight, orientation } = await sharp(head, { limitInputPixels: false, failOn: 'none' }).metadata();
  if (!width || !height) return {};
  const own = { width, height: pageHeight ?? height };
  return orientation !== undefined && orientation >= 5 ? { width: own.height, height: own.width } : own;
}

const longest = 2_147_483_647;

const secondsOf = (duration: number | undefined): ContentFacts =>
  duration !== undefined && Number.isFinite(duration) ? { duration: Math.min(longest, Math.round(duration)) } : {};

async function played(head: Buffer, type: string, size: number, read: ReadPart): Promise<ContentFacts> {
  const index = await filmIndex(head, type, size, examinedBytes, read);
  const film = index && filmSeconds(index);
  // The parser reads on from where a film says that its index is: to it, a film of an index alone is one as well.
  const parsed = index?.behind ? Buffer.concat([head.subarray(0, head.readUInt32BE(0)), index.box]) : head;
  const { parseBuffer } = await import('music-metadata');
  const { format, common } = await parseBuffer(
    parsed,
    { mimeType: type, size: parsed === head ? size : parsed.length },
    { skipCovers: true, duration: false, skipPostHeaders: true },
  ).catch((error: unknown) => {
    if (film === undefined) throw error;
    return { format: { duration: undefined }, common: { title: undefined } };
  });
  const title = plainText(common.title);
  return { ...secondsOf(film ?? format.duration), ...(title ? { title } : {}) };
}
