/** How browsers are to treat files, which may hold anything: what could run is shown without its powers, or saved instead of shown. */
import type { StoredFile } from '../files/content.ts';
import { formatOf, formatTypes } from '../files/image-formats.ts';
import { dispositionOf } from '../lib/disposition.ts';
import type { ContentHeaders } from './send-content.ts';

/** Shown in the browser; all else is saved. */
const shown = /^(image\/|video\/|audio\/|font\/|application\/pdf$|text\/plain$)/;

/** Nothing runs, nothing is fetched, and nobody shows it inside of a page of theirs; what an SVG says of its own look counts. */
const sandboxed = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox; frame-ancestors 'none'";
/** The viewers of browsers for these do not work in a sandbox. */
const viewed = /^(video\/|audio\/|application\/pdf$)/;

/** The type to send: that of the row, as far as it is one. An embed's content is its picture. */
export function sentType({ type, charset, filenameDisk }: Pick<StoredFile, 'type' | 'charset' | 'filenameDisk'>): string {
  const plain = type.toLowerCase();
  if (plain.startsWith('embed/')) {
    const format = formatOf(/\.([^.]+)$/.exec(filenameDisk)?.[1] ?? '');
    return format ? formatTypes[format] : 'application/octet-stream';
  }
  if (!/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(plain)) return 'application/octet-stream';
  const known = plain.startsWith('text/') && /^[\w-]{1,40}$/.test(charset) && charset !== 'binary';
  return known ? `${plain}; charset=${charset}` : plain;
}

/** The headers of a file that is shown where that is safe, or `saved` in any case. */
export function contentHeaders(type: string, name: string, saved: boolean): ContentHeaders {
  const [plain = ''] = type.split(';');
  const inline = !saved && shown.test(plain);
  return {
    'content-disposition': dispositionOf(inline ? 'inline' : 'attachment', name),
    'x-content-type-options': 'nosniff',
    ...(viewed.test(plain) ? {} : { 'content-security-policy': sandboxed }),
  };
}
