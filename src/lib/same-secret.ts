/** Compares secrets. */
import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether both are the same. Hashes are compared, so that neither the time nor the length of the answer tells how much of a guess was right. */
export function isSameSecret(given: string | undefined, secret: string | undefined): boolean {
  return given !== undefined && secret !== undefined && timingSafeEqual(digest(given), digest(secret));
}
