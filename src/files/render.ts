/** Makes a smaller, larger or otherwise encoded image of one. What is in it was sent by somebody: its head is looked at before the rest is. */
import type { FitEnum, Metadata, Sharp, SharpOptions } from 'sharp';
import { GatewayError } from '../lib/errors.ts';
import type { ImageFormat } from './image-formats.ts';
import type { ImageSize } from './image-request.ts';
import type { ImageSource } from './image-source.ts';

export interface RenderLimits {
  /** Of all frames together, before and after. */
  readonly pixels: number;
  readonly seconds: number;
  /** On how many threads one image is made: where others are made beside it, more would be in each other's way. */
  readonly threads: number;
}

export interface RenderRequest extends ImageSize {
  readonly format: ImageFormat;
}

/** What can be read, as its content says it is. SVG is not among them: a short one may take any time. */
const readable: ReadonlySet<string> = new Set(['jpg', 'png', 'apng', 'webp', 'gif', 'avif', 'tif']);
/** Where several pictures in one are an animation, both in what is read and in what is made. */
const animated: ReadonlySet<string> = new Set(['gif', 'webp']);
const usualQuality = 90;
const fits = { contain: 'inside', crop: 'cover' } as const satisfies Record<ImageSize['fit'], keyof FitEnum>;

function refused(message: string): GatewayError {
  return new GatewayError('unprocessable', { message });
}

const damaged = 'The content of this file is no image that can be read, or it is damaged';

function encoded(image: Sharp, { format, quality: asked }: RenderRequest, hasAlpha: boolean): Sharp {
  const quality = asked === 0 ? usualQuality : asked;
  if (format === 'jpeg') return (hasAlpha ? image.flatten({ background: '#ffffff' }) : image).jpeg({ quality });
  // For these two a quality would mean fewer colours.
  if (format === 'png') return image.png();
  if (format === 'gif') return image.gif();
  return format === 'webp' ? image.webp({ quality }) : image.avif({ quality, effort: 3 });
}

/** How many frames are taken: all, or the first alone where all would be too much; none where even that is. */
function framesOf(width: number, height: number, pages: number, wish: RenderRequest, pixels: number): number {
  const most = Math.max(width * height, wish.width * wish.height);
  const frames = animated.has(wish.format) ? pages : 1;
  if (most * frames <= pixels) return frames;
  return most <= pixels ? 1 : 0;
}

/** Holds one picture without anything clear in it; sharp itself looks at the size of what it reads. So its head is read once. */
const plain = 'jpg';

/** What the content is, by the usual ending of its name; undefined where nobody knows. */
async function kindOf(head: Buffer): Promise<string | undefined> {
  // Most are photographs, which need no library to be known.
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return plain;
  const { fileTypeFromBuffer } = await import('file-type');
  return (await fileTypeFromBuffer(head).catch(() => undefined))?.ext;
}

let loaded: Promise<typeof import('sharp').default> | undefined;

/** Loaded with the first image. It would remember paths, and not see that there is another file now. */
function loadSharp(): NonNullable<typeof loaded> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    return sharp;
  });
  return loaded;
}

/**
 * The image in its new size.
 *
 * @throws GatewayError `unprocessable` for what is no image, is damaged, or would take more than the limits allow
 */
export async function renderImage({ content, head }: ImageSource, wish: RenderRequest, limits: RenderLimits): Promise<Buffer> {
  const sharp = await loadSharp();
  const kind = await kindOf(head);
  if (kind === undefined || !readable.has(kind)) throw refused('Images are made of JPEG, PNG, WebP, GIF, AVIF and TIFF files only');
  const options: SharpOptions = { failOn: 'error', limitInputPixels: limits.pixels, sequentialRead: true };
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const text = error instanceof Error ? error.message : '';
      if (/^timeout/.test(text)) throw refused(`This image takes longer than ${limits.seconds} seconds (assets.seconds)`);
      throw new GatewayError('unprocessable', { message: /pixel limit/.test(text) ? tooLarge(limits) : damaged }, error);
    }
  };
  const known: Partial<Metadata> = kind === plain ? {} : await run(() => sharp(content, options).metadata());
  const { width = 0, height = 0, pages = 1, hasAlpha = false } = known;
  const frames = framesOf(width, height, animated.has(kind) ? pages : 1, wish, limits.pixels);
  if (frames === 0) throw refused(tooLarge(limits));
  sharp.concurrency(limits.threads);
  return run(() =>
    encoded(
      sharp(content, { ...options, pages: frames })
        .timeout({ seconds: limits.seconds })
        .autoOrient()
        .resize({ width: wish.width, height: wish.height, fit: fits[wish.fit], position: 'centre' }),
      wish,
      hasAlpha,
    ).toBuffer(),
  );
}

function tooLarge({ pixels }: RenderLimits): string {
  return `This image has, or would have, more than ${pixels} pixels (assets.pixels)`;
}
