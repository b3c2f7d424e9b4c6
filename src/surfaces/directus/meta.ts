/** The `meta` block of a list or item (directus8-data §5.7). */
import type { FastifyRequest } from 'fastify';
import type { ReadResult } from '../../engine/read.ts';
import { addressOfRequest } from '../origin.ts';
import type { DirectusRead } from './parse.ts';
import { wantsMeta } from './parse.ts';

/** Where the request came in: `self` is the URL without query, `query` the raw text behind the question mark. */
export interface Location {
  readonly self: string;
  readonly query: string;
}

/** The location of a request, whose query is `query`. */
export function locationOf(request: FastifyRequest, query: string): Location {
  return { self: addressOfRequest(request), query };
}

/** What the block tells of an answer. */
export type Counted = Pick<ReadResult, 'collection' | 'counts' | 'searched' | 'cursor'> & { readonly texts: { readonly count: number } };

/** The block as JSON text, or undefined when none is asked for. Key order is the reference's. */
export function metaText(asked: DirectusRead, result: Counted, location: Location): string | undefined {
  const { meta, single } = asked;
  if (!meta) return undefined;
  const block: Record<string, unknown> = {};
  if (wantsMeta(meta, 'collection')) block['collection'] = result.collection.name;
  if (wantsMeta(meta, 'type')) block['type'] = single ? 'item' : 'collection';
  if (single) return JSON.stringify(block);
  const { counts, texts } = result;
  const name = asked.filtered ? 'filtered' : 'total';
  const matching = counts[name];
  const { estimated } = counts;
  if (wantsMeta(meta, 'result_count')) block['result_count'] = texts.count;
  const count = (key: string, value: unknown, of: 'filtered' | 'total' | 'byStatus'): void => {
    block[key] = value;
    if (estimated?.has(of)) block[`${key}_estimated`] = true;
  };
  if (wantsMeta(meta, 'total_count')) count('total_count', counts.total, 'total');
  if (wantsMeta(meta, 'status') && counts.byStatus) count('status_count', statusCount(result), 'byStatus');
  if (wantsMeta(meta, 'filter_count')) count('filter_count', matching, name);
  if (wantsMeta(meta, 'page') && !asked.read.follow?.after)
    Object.assign(block, pageBlock(asked, matching ?? 0, texts.count, location, estimated?.has(name)));
  if (wantsMeta(meta, 'cursor')) block['cursor'] = result.cursor ?? null;
  if (wantsMeta(meta, 'search') && result.searched) block['search'] = result.searched;
  return JSON.stringify(block);
}

/** Every mapped status, those without rows as 0. */
function statusCount(result: Counted): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of result.collection.status?.mapping.values ?? []) counts[value] = 0;
  return { ...counts, ...result.counts.byStatus };
}

function pageBlock(asked: DirectusRead, counted: number, shown: number, location: Location, estimated = false): Record<string, unknown> {
  const { page } = asked;
  const limit = page.limit === undefined || page.limit < 1 ? shown : page.limit;
  const wanted = page.page ?? 1;
  const current = page.offset !== undefined && limit > 0 ? Math.floor(page.offset / limit) + 1 : wanted;
  // Behind a full page there may be another one, whatever an estimate says.
  const total = estimated && shown >= limit ? Math.max(counted, current * limit + 1) : counted;
  const pages = limit > 0 && total > 0 ? Math.ceil(total / limit) : 1;
  const number = wanted > pages ? pages : current;
  const link = (to: number): string => withPage(location, to, (to - 1) * limit);
  return {
    limit,
    offset: page.offset ?? (number - 1) * limit,
    page: number,
    page_count: pages,
    ...(estimated ? { page_count_estimated: true } : {}),
    links: {
      self: location.self,
      current: withPage(location, number),
      next: pages > 1 && number < pages ? link(number + 1) : null,
      previous: pages > 1 && number > 1 ? link(number - 1) : null,
      first: pages > 1 ? link(1) : null,
      last: pages > 1 ? link(pages) : null,
    },
  };
}

/** The same query with another page; never with the caller's token (directus8-data §15). */
function withPage(location: Location, page: number, offset?: number): string {
  const set = new Map([['page', String(page)], ...(offset === undefined ? [] : [['offset', String(offset)] as const])]);
  const pairs: string[] = [];
  for (const pair of location.query.split('&')) {
    const [name = ''] = pair.split('=');
    // As the parser read it: `access%5Ftoken` was a token as well.
    if (name === '' || /^access_token(\[|$)/i.test(decodeURIComponent(name))) continue;
    const value = set.get(name);
    pairs.push(value === undefined ? pair : `${name}=${value}`);
    set.delete(name);
  }
  for (const [name, value] of set) pairs.push(`${name}=${value}`);
  return `${location.self}?${pairs.join('&')}`;
}
