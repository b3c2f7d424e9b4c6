/** The keys of objects: which texts are keys at all, and where originals and what is made of them lie. */
import { GatewayError } from '../lib/errors.ts';
import type { Storage } from './types.ts';

const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
/** What file systems take as one name, and S3 as one key. */
const longestSegment = 200;
const longestKey = 800;

/** Whether a text is a key. What is none names no object, whatever a driver would make of it. */
export function isKey(text: string): boolean {
  return text.length <= longestKey && text.split('/').every((part) => part.length <= longestSegment && segment.test(part));
}

/** @throws GatewayError `unprocessable` for a text that is no key */
export function checkKey(key: string): void {
  if (isKey(key)) return;
  const message =
    'The name of a stored file may hold letters, digits, ".", "_" and "-" only, must not begin with a dot and must not be longer';
  throw new GatewayError('unprocessable', { message: `${message} than ${longestSegment} characters` });
}

/** The same for the beginning of keys; the empty one is that of all. */
export function checkPrefix(prefix: string): void {
  if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
}

/** Where uploaded files lie. */
export const originals = 'originals/';
/** Where thumbnails lie. */
export const generated = 'generated/';

/** The key of an uploaded file; undefined where its row names what cannot be one. */
export function originalKey(filenameDisk: string): string | undefined {
  return isKey(filenameDisk) && !filenameDisk.includes('/') ? `${originals}${filenameDisk}` : undefined;
}

/** What all that is made of a file has before its name. `id` is the key of the row. */
export function derivedPrefix(id: string): string {
  const prefix = `${generated}${id}/`;
  checkPrefix(prefix);
  return prefix;
}

/** Keys that are removed in one go. */
const portion = 500;

/** Removes all that was made of a file; to be called when its content changes, and when it goes. */
export async function removeDerived(storage: Storage, file: { readonly id: string }): Promise<void> {
  let keys: string[] = [];
  for await (const { key } of storage.list(derivedPrefix(file.id))) {
    keys.push(key);
    if (keys.length < portion) continue;
    await storage.remove(keys);
    keys = [];
  }
  if (keys.length > 0) await storage.remove(keys);
}
