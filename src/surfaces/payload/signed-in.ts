/** What the operations on accounts have in common: what they want of a body, and tokens as they are handed over (payload-rest §12). */
import { GatewayError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json-body.ts';
import type { Collection } from '../../schema/types.ts';
import { invalid, type PathFault } from './invalid.ts';
import type { Serving } from './serving.ts';
import { usersSlug } from './slugs.ts';
import { mayHoldCookie, tokenCookie } from './token.ts';

export const usersTable = 'directus_users';

/** Seconds since 1970 at which a token of ours ends; undefined for others. */
export function expiryOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const exp = claims !== null && typeof claims === 'object' && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' ? exp : undefined;
  } catch {
    return undefined;
  }
}

/** Gives the browser the token as a cookie, where it may hold one. */
export function handOver({ asking, reply }: Serving, token: string): void {
  if (!mayHoldCookie(asking.request)) return;
  reply.header('set-cookie', tokenCookie(asking.request, token, new Date((expiryOf(token) ?? 0) * 1000)));
}

/** An object of a user's document as text, and members beside it. */
export function withUser(user: string, members: Readonly<Record<string, unknown>>): string {
  return `{"user":${user},${JSON.stringify(members).slice(1)}`;
}

/** The text of that name; empty where there is none. */
export const textIn = (body: JsonObject, name: string): string => {
  const value = body[name];
  return typeof value === 'string' && !value.includes('\0') ? value : '';
};

/** Refuses a body that lacks one of the texts, field by field. */
export function demand(body: JsonObject, collection: Collection | undefined, names: readonly string[]): void {
  const faults = names.flatMap((path): PathFault[] => (textIn(body, path) === '' ? [{ path, message: 'This field is required.' }] : []));
  if (faults.length > 0 && collection) throw invalid({ collection, slug: usersSlug }, faults);
}

/** What the convention says to whoever may not. */
export const refuse = (): GatewayError => new GatewayError('forbidden', { message: 'You are not allowed to perform this action.' });
