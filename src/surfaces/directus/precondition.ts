/** `If-Match`: a change of items that happens only if they are as the caller last read them. */
import type { FastifyRequest } from 'fastify';
import { lockRows } from '../../engine/lock-rows.ts';
import { prepareRead, runRead } from '../../engine/read.ts';
import type { WriteSession } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import { defaultLimit } from '../default-limit.ts';
import { type DirectusContext, queryOf } from './context.ts';
import { dataHash, matchable, type NamedTag } from './entity-tag.ts';
import { parseRead } from './parse.ts';
import { forActor } from './requested-read.ts';

/** Each query of a tag is a read. */
const mostTags = 10;

/** Throws precondition_failed where the items are not as the request says. */
export type Precondition = (session: WriteSession, collection: string, keys: readonly string[]) => Promise<void>;

/** What the request demands of the items it names; undefined where it demands nothing. A change by `*` needs them to be there, as every one. */
export function preconditionOf(request: FastifyRequest, context: DirectusContext): Precondition | undefined {
  const header = request.headers['if-match'];
  const tags = header === undefined ? '*' : matchable(header);
  if (tags === '*') return undefined;
  if (tags.length > mostTags) throw new GatewayError('limit_exceeded', { message: `If-Match: more than ${mostTags} tags` });
  return async (session, collection, keys) => {
    // Nobody changes them between the comparison and the change.
    await lockRows(session, collection, keys);
    for (const [query, given] of byQuery(tags)) {
      const current = await currentTag(session, context, query, collection, keys);
      if (current !== undefined && given.has(current)) return;
    }
    throw new GatewayError('precondition_failed');
  };
}

/** A request that names no items has nothing to compare. Throws unprocessable. */
export function refusePrecondition(request: FastifyRequest): void {
  if (request.headers['if-match'] === undefined) return;
  throw new GatewayError('unprocessable', { message: 'If-Match: only PATCH and DELETE of items named in the path can be compared' });
}

function byQuery(tags: readonly NamedTag[]): Map<string, Set<string>> {
  const grouped = new Map<string, Set<string>>();
  for (const { hash, query } of tags) grouped.set(query, (grouped.get(query) ?? new Set()).add(hash));
  return grouped;
}

/** The print of what a GET of the items would answer now; undefined where it would be refused, so that no tag can be of it. */
async function currentTag(
  { within }: WriteSession,
  context: DirectusContext,
  query: string,
  collection: string,
  keys: readonly string[],
): Promise<string | undefined> {
  const prepare = () => prepareRead(within, forActor(context, parseRead(collection, queryOf(query), defaultLimit(context), keys)));
  let prepared: ReturnType<typeof prepare>;
  try {
    prepared = prepare();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
  const { texts } = await runRead(within, prepared);
  // What is not there, or may not be read, is found missing by the write itself.
  return keys.length === 1 && texts.count === 0 ? missing(keys) : dataHash(texts);
}

function missing([id]: readonly string[]): never {
  throw new GatewayError('item_not_found', { id });
}
