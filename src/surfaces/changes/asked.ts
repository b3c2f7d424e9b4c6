/** What a request for the change feed asks: collections, kinds of changes, and where to go on. */
import type { FastifyRequest } from 'fastify';
import { isFed } from '../../changes/caller-changes.ts';
import type { FeedState } from '../../changes/feeds.ts';
import { changeEvents, type FeedSelection } from '../../changes/types.ts';
import { accessOf, type ReadContext } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';

export interface AskedFeed {
  /** By name; undefined: all that the caller may read. */
  readonly collections: readonly string[] | undefined;
  readonly events: ReadonlySet<string> | undefined;
  readonly after: string | undefined;
  readonly token: string | undefined;
  readonly signature: string;
}

const known = new Set(['collections', 'events', 'after', 'access_token']);

function listOf(text: string | null): string[] | undefined {
  const parts = text
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return parts === undefined || parts.length === 0 ? undefined : parts;
}

/**
 * The query of the URL, and the header by which a browser goes on.
 *
 * @throws GatewayError `validation` for a parameter that is not known, or no kind of change
 */
export function askedOf(request: FastifyRequest): AskedFeed {
  const at = request.url.indexOf('?');
  const query = new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1));
  for (const name of query.keys()) {
    if (!known.has(name)) throw new GatewayError('validation', { message: `${name}: not known here; known are ${[...known].join(', ')}` });
  }
  const events = listOf(query.get('events'));
  const wrong = events?.find((one) => !changeEvents.some((event) => event === one));
  if (wrong !== undefined) throw new GatewayError('validation', { message: `events: "${wrong}" is none of ${changeEvents.join(', ')}` });
  const header = request.headers['last-event-id'];
  // A browser that comes back sends both, and knows more by then.
  const after = typeof header === 'string' && header !== '' ? header : (query.get('after') ?? undefined);
  return {
    collections: listOf(query.get('collections')),
    events: events && new Set(events),
    after: after === '' ? undefined : after,
    token: query.get('access_token') ?? undefined,
    signature: 'all columns',
  };
}

/** What the caller may have of it. A name that stands for nothing is an error of a `first` look, whatever the reason; later it is left out. */
export function wishesOf({ collections, events }: AskedFeed, state: FeedState, first = false): ReadonlyMap<string, FeedSelection> {
  const { visible } = accessOf({ ...state } as ReadContext);
  const wish: FeedSelection = events ? { events } : {};
  const wishes = new Map<string, FeedSelection>();
  for (const name of collections ?? state.schema.collections.keys()) {
    const collection = state.schema.collections.get(name);
    if (collection && isFed(collection, visible)) wishes.set(name, wish);
    else if (collections && first) throw new GatewayError('unknown_collection', { collection: name });
  }
  return wishes;
}
