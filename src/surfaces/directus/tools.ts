/** /:project/utils: hashes, random texts and secrets for a second factor, for everybody (directus8-system §19). */
import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { verifyPassword } from '../../auth/passwords.ts';
import { GatewayError } from '../../lib/errors.ts';
import { numberText } from '../../lib/json-body.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import { digestOf, hashers, hashOf } from '../../query/hash-values.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { send } from './respond.ts';
import { bodyItems } from './write.ts';

const letters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()_+}{;?>.<,';
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const usualLength = 32;
const longest = 1024;

/** Slow hashes that are worked out for callers nobody knows, at once; the others wait a while. */
const unknown = createSemaphore({
  count: 2,
  patience: 2_000,
  longest: 5_000,
  refusal: () => new GatewayError('rate_limited', { message: 'Too many hashes at once; sign in, or try again shortly' }),
});

/** Work that costs something. Whoever is signed in does not wait for the public. */
async function laborious<T>({ actor }: DirectusContext, work: () => Promise<T>): Promise<T> {
  if (actor.is === 'user') return work();
  await unknown.acquire();
  return work().finally(() => unknown.release());
}

function textIn(item: RequestedItem, name: string): string {
  const value = item[name] ?? null;
  if (value === null || value === '') throw new GatewayError('validation', { message: `${name}: This value should not be blank.` });
  if (typeof value === 'string' && value.length <= longest) return value;
  const fault = typeof value === 'string' ? `have at most ${longest} characters` : 'be of type string';
  throw new GatewayError('validation', { message: `${name}: This value should ${fault}.` });
}

function hasherIn({ hasher }: RequestedItem): string {
  const named = hasher === undefined || hasher === null || hasher === '' ? 'core' : String(hasher).toLowerCase();
  if (!hashers.includes(named)) throw new GatewayError('unknown_hasher', { known: hashers.join(', ') });
  return named;
}

function lengthIn({ length }: RequestedItem): number {
  if (length === undefined || length === null) return usualLength;
  const text = typeof length === 'string' ? length : (numberText(length) ?? '');
  if (!/^\d+$/.test(text)) throw new GatewayError('validation', { message: 'length: This value should be of type numeric.' });
  const count = Number(text);
  if (count < 1 || count > longest) throw new GatewayError('validation', { message: `length: This value should be from 1 to ${longest}.` });
  return count;
}

async function isMatch(hasher: string, text: string, hash: string): Promise<boolean> {
  const digest = digestOf(hasher, text);
  if (digest === undefined) return verifyPassword(text, hash);
  const [own, given] = [Buffer.from(digest), Buffer.from(hash.toLowerCase())];
  return own.length === given.length && timingSafeEqual(own, given);
}

const randomText = (count: number): string => Array.from({ length: count }, () => letters[randomInt(letters.length)]).join('');

/** A text hashed and compared with a hash, a random text, a secret for a second factor. */
export const utilityRoutes: FastifyPluginAsync = async (app) => {
  const post = (path: string, make: (item: RequestedItem, context: DirectusContext) => object | Promise<object>): void => {
    app.post(`/:project/utils/${path}`, async (request, reply) => {
      const context = await contextOf(request);
      const data = await make(bodyItems(request).items[0] ?? {}, context);
      return send(reply, context.actor, { data: JSON.stringify(data) });
    });
  };

  post('hash', async (item, context) => {
    const [hasher, text] = [hasherIn(item), textIn(item, 'string')];
    return { hash: await laborious(context, () => hashOf(hasher, text)) };
  });
  post('hash/match', async (item, context) => {
    const [hasher, text, hash] = [hasherIn(item), textIn(item, 'string'), textIn(item, 'hash')];
    return { valid: await laborious(context, () => isMatch(hasher, text, hash)) };
  });
  post('random/string', (item) => ({ random: randomText(lengthIn(item)) }));

  app.get('/:project/utils/2fa_secret', async (request, reply) => {
    const { actor } = await contextOf(request);
    const secret = [...randomBytes(16)].map((byte) => base32[byte % base32.length]).join('');
    return send(reply, actor, { data: JSON.stringify({ '2fa_secret': secret }) });
  });
};
