/** Names of files: those that clients send, made harmless, and those on disk, made by us. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { GatewayError } from '../lib/errors.ts';
import { fileNameFault } from '../lib/file-name.ts';

const longestSlug = 100;

/**
 * The name under which a file is offered for download, as a client sent it.
 *
 * @throws GatewayError `validation` for one that is a path, or that is not what it looks like
 */
export function downloadName(sent: string): string {
  const name = sent.normalize('NFC').trim();
  const fault = fileNameFault(name);
  if (fault !== undefined) throw new GatewayError('validation', { message: `filename_download: ${fault}` });
  return name;
}

/** The title of a file that is given none: its name as words. */
export function titleOf(name: string): string {
  const stem = name.replace(/\.[^.]*$/, '') || name;
  return stem
    .replace(/[_-]+/g, ' ')
    .trim()
    .replace(/(^|\s)(\p{Ll})/gu, (_, before: string, letter: string) => before + letter.toUpperCase());
}

function slug(name: string): string {
  const plain = name
    .replace(/\.[^.]*$/, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '');
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, longestSlug);
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const random = (count: number): string => Array.from({ length: count }, () => letters[randomInt(letters.length)]).join('');

/**
 * A name on disk that nobody has: of no meaning, or made of the file's name where the setting `file_naming` says so. That one ends in
 * something random too: two processes that store files of one name at the same time must not meet.
 */
export function diskName(naming: string | null | undefined, name: string, extension: string): string {
  const stem = naming === 'file_name' ? slug(name) : '';
  return `${stem === '' ? randomUUID() : `${stem}-${randomBytes(4).toString('hex')}`}.${extension}`;
}

/**
 * A name on disk that somebody chose for a file that is there.
 *
 * @throws GatewayError `validation` for anything but letters, digits, dots, dashes and underscores
 */
export function chosenDiskName(name: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(name)) return name;
  throw new GatewayError('validation', {
    message: 'filename_disk: A name on disk has letters, digits, dots, dashes and underscores, 200 at most, and begins with no dot.',
  });
}

/** What stands for the file in its public address. */
export const privateHash = (): string => random(16);
