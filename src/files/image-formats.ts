/** The formats that images are made in. */

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';

export const formatTypes: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
};

const byName = new Map<string, ImageFormat>([
  ['jpg', 'jpeg'],
  ['jpeg', 'jpeg'],
  ['png', 'png'],
  ['webp', 'webp'],
  ['avif', 'avif'],
  ['gif', 'gif'],
]);

/** The names that a request may give a format. */
export const formatNames: readonly string[] = [...byName.keys(), 'auto'];

/** The format of that name; undefined for one that images are not made in. */
export const formatOf = (name: string): ImageFormat | undefined => byName.get(name.toLowerCase());

/** The format that a file of this name is answered in; what browsers do not show becomes JPEG. */
export function formatOfFile(name: string): ImageFormat {
  return formatOf(/\.([^.]+)$/.exec(name)?.[1] ?? '') ?? 'jpeg';
}

/** The best format that an `Accept` header names outright; undefined where that of the file will do. */
export function formatAccepted(accept: string | undefined): ImageFormat | undefined {
  const parts = (accept ?? '').toLowerCase().split(',');
  const names = (type: string): boolean =>
    parts.some((part) => {
      const [name = '', ...parameters] = part.split(';').map((one) => one.trim());
      return name === type && !parameters.some((one) => /^q=0(\.0*)?$/.test(one));
    });
  return (['avif', 'webp'] as const).find((format) => names(formatTypes[format]));
}
