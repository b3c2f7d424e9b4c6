/** Sizes of images as requests name them, and which of them may be asked for (directus8-system §14.1). */
import { GatewayError } from '../lib/errors.ts';
import { formatAccepted, formatNames, formatOf, type ImageFormat } from './image-formats.ts';

export interface ImageSize {
  readonly width: number;
  readonly height: number;
  readonly fit: 'contain' | 'crop';
  /** 1 to 100, or 0 for the usual. */
  readonly quality: number;
}

export interface ImageRequest extends ImageSize {
  /** That of the file, where there is none. */
  readonly format: ImageFormat | undefined;
}

/** The parameters of an address, as far as they are there. */
export type AssetParameters = Readonly<Partial<Record<'key' | 'w' | 'h' | 'f' | 'q' | 'format', string>>>;

export interface Whitelist {
  readonly byKey: ReadonlyMap<string, ImageSize>;
  /** The sizes that may be asked for without a key; undefined where any may be. */
  readonly sizes: readonly ImageSize[] | undefined;
}

function refused(message: string): GatewayError {
  return new GatewayError('unprocessable', { message });
}

const isFit = (text: unknown): text is ImageSize['fit'] => text === 'contain' || text === 'crop';

function whole(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** The usable entries of a list that is stored as JSON; undefined where none was ever given. What is no list at all allows nothing. */
function entriesOf(text: string | null | undefined): [key: string, size: ImageSize][] | undefined {
  if (text === null || text === undefined || text.trim() === '' || text.trim() === 'null') return undefined;
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  if (list.length === 0) return undefined;
  return list.flatMap((entry: unknown): [string, ImageSize][] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { key, width, height, fit, quality }: Readonly<Record<string, unknown>> = { ...entry };
    const [w, h, q] = [whole(width), whole(height), whole(quality ?? 0)];
    if (typeof key !== 'string' || !w || !h || q === undefined || q > 100 || !isFit(fit)) return [];
    return [[key, { width: w, height: h, fit, quality: q }]];
  });
}

/** What the settings of a project allow. */
export function whitelistOf(settings: ReadonlyMap<string, string | null>): Whitelist {
  const system = entriesOf(settings.get('asset_whitelist_system')) ?? [];
  const user = entriesOf(settings.get('asset_whitelist'));
  // What the app asks for comes first, and is not to be changed by a list of one's own.
  const byKey = new Map([...system, ...(user ?? []), ...system]);
  return { byKey, sizes: user && [...system, ...user].map(([, size]) => size) };
}

function given(parameters: AssetParameters, side: number): ImageSize {
  const missing = (['w', 'h', 'f', 'q'] as const).filter((name) => parameters[name] === undefined || parameters[name] === '');
  if (missing.length > 0) throw refused(`${missing.join(', ')}: This value should not be blank. Give w, h, f and q, or key`);
  const [width, height, quality] = [whole(parameters.w), whole(parameters.h), whole(parameters.q)];
  const within = (size: number | undefined): size is number => size !== undefined && size >= 1 && size <= side;
  if (!within(width) || !within(height)) throw refused(`w and h must be whole numbers from 1 to ${side}`);
  if (quality === undefined || quality > 100) throw refused('q must be a whole number from 0 to 100');
  if (!isFit(parameters.f)) throw refused('f must be contain or crop');
  return { width, height, quality, fit: parameters.f };
}

function sizeOf(parameters: AssetParameters, { byKey, sizes }: Whitelist, side: number): ImageSize {
  if (parameters.key !== undefined) {
    const size = byKey.get(parameters.key);
    if (!size) throw refused("Key doesn't exist.");
    return size;
  }
  const size = given(parameters, side);
  const same = (one: ImageSize): boolean =>
    one.width === size.width && one.height === size.height && one.fit === size.fit && one.quality === size.quality;
  if (sizes && !sizes.some(same)) throw refused('This size is not in the whitelist: ask for a key, or for the numbers of one');
  return size;
}

/**
 * What is asked for; undefined where it is the file as it is.
 *
 * @throws GatewayError `unprocessable` for what may not be asked for, with what is wrong
 */
export function imageRequestOf(
  parameters: AssetParameters,
  whitelist: Whitelist,
  side: number,
  accept: string | undefined,
): ImageRequest | undefined {
  if ((['key', 'w', 'h', 'f', 'q'] as const).every((name) => parameters[name] === undefined)) return undefined;
  const size = sizeOf(parameters, whitelist, side);
  const { format } = parameters;
  if (format === undefined) return { ...size, format: undefined };
  if (format === 'auto') return { ...size, format: formatAccepted(accept) };
  const named = formatOf(format);
  if (!named) throw refused(`format must be one of ${formatNames.join(', ')}`);
  return { ...size, format: named };
}
