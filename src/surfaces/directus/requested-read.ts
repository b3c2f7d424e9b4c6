/** What a request for a list or for items asks, in the form that the engine takes. */
import type { ReadResult } from '../../engine/read.ts';
import type { RequestedFilter } from '../../query/types.ts';
import { defaultLimit } from '../default-limit.ts';
import type { DirectusContext } from './context.ts';
import { type DirectusRead, parseRead } from './parse.ts';

/** What is read: a collection's list, or the items of `keys`, which may depend on who asks. */
export interface Wanted {
  readonly collection: string;
  readonly keys?: (context: DirectusContext) => readonly string[];
  /** The part of the collection that the list is of, instead of what `filter` says. */
  readonly within?: (context: DirectusContext) => RequestedFilter;
  /** The one row of the list at that place, counted from 0, in the order of keys. */
  readonly index?: number;
  /** Has the rows look otherwise than they are stored; not those of exports. */
  readonly shape?: (context: DirectusContext, result: ReadResult) => Promise<ReadResult>;
}

/** What the request asks for, as it is the actor's to ask. */
export function requestedRead(context: DirectusContext, wanted: Wanted, keys: readonly string[] | undefined): DirectusRead {
  const asked = askedRead(context, wanted, keys);
  return { ...asked, read: narrowedRead(context, wanted, asked) };
}

/** The rows that are the actor's to ask for. Throws where he may read none of the collection that the list is of. */
export function narrowedRead(context: DirectusContext, wanted: Wanted, asked: DirectusRead): DirectusRead['read'] {
  const within = wanted.within?.(context);
  return { ...forActor(context, asked), ...(within ? { within } : {}) };
}

/** Parameters that say what a row looks like, not which one it is. */
const aboutOneRow: ReadonlySet<string> = new Set(['fields', 'meta', 'lang', 'deep']);

/** What the parameters say alone. */
export function askedRead(
  context: DirectusContext,
  { collection, within, index: place }: Wanted,
  keys: readonly string[] | undefined,
): DirectusRead {
  const { query } = context;
  const kept = (name: string): boolean => (place === undefined ? name !== 'filter' : aboutOneRow.has(name));
  const told = within ? new Map([...query].filter(([name]) => kept(name))) : query;
  const asked = parseRead(collection, told, defaultLimit(context), keys);
  if (place === undefined) return asked;
  const counts = { filtered: false, total: false, byStatus: false };
  return { ...asked, single: true, read: { ...asked.read, limit: 1, offset: place, counts } };
}

/** By key, `status=*` reaches soft-deleted rows for administrators only (directus8-data §4.1). */
export function forActor(context: DirectusContext, asked: DirectusRead): DirectusRead['read'] {
  if (!asked.read.keys || (context.actor.is === 'user' && context.actor.admin)) return asked.read;
  const { statuses: _, ...rest } = asked.read;
  return rest;
}
