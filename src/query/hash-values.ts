/** Hash fields: what is given as plain text is stored as its hash (directus8-data §6.2). */
import { createHash } from 'node:crypto';
import type { Stored } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Field } from '../schema/types.ts';

/** What Directus 8 writes (directus8-tables §6). */
const bcryptCost = 10;

const digests: ReadonlySet<string> = new Set(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512']);
const bcrypts: ReadonlySet<string> = new Set(['core', 'bcrypt']);

/** The names of all hashers. */
export const hashers: readonly string[] = [...bcrypts, ...digests];

/** The digest of the text; undefined where the hasher is none that digests. */
export function digestOf(hasher: string, text: string): string | undefined {
  return digests.has(hasher) ? createHash(hasher).update(text).digest('hex') : undefined;
}

async function hashed(field: Field, text: string): Promise<string> {
  const given = field.meta?.options?.['hasher'];
  const hash = await hashOf(typeof given === 'string' && given !== '' ? given.toLowerCase() : 'core', text);
  if (hash !== undefined) return hash;
  throw new GatewayError('unprocessable', {
    message: `The hasher of the field '${field.name}' is unknown; known are ${hashers.join(', ')}`,
  });
}

/** What the hasher makes of the text; undefined where nobody knows the hasher. */
export async function hashOf(hasher: string, text: string): Promise<string | undefined> {
  if (!bcrypts.has(hasher)) return digestOf(hasher, text);
  const { hash } = await import('@node-rs/bcrypt');
  // PHP's `2y` and `2b` name the same algorithm.
  return (await hash(text, bcryptCost)).replace(/^\$2b\$/, '$$2y$$');
}

/** Whether any of the values is to be hashed. */
export function holdsPlain(values: ReadonlyMap<Field, Stored>): boolean {
  for (const field of values.keys()) if (field.type === 'hash' && typeof values.get(field) === 'string') return true;
  return false;
}

/**
 * The values with those of hash fields hashed, every time they are given; NULL stays NULL.
 *
 * @throws GatewayError unprocessable when a hasher is unknown, or its hash is longer than the column
 */
export async function hashValues(values: ReadonlyMap<Field, Stored>): Promise<Map<Field, Stored>> {
  const result = new Map(values);
  for (const [field, value] of values) {
    if (field.type !== 'hash' || typeof value !== 'string') continue;
    const hash = await hashed(field, value);
    const { length } = field.column;
    if (length !== undefined && hash.length > length) {
      const message = `The hash of the field '${field.name}' has ${hash.length} characters, and its column holds ${length}`;
      throw new GatewayError('unprocessable', { message });
    }
    result.set(field, hash);
  }
  return result;
}
