/** Pages of a list, by number or by offset (strapi-rest §6). */
import type { BracketGroup, BracketValue } from '../bracket-query.ts';
import { isGroup } from '../bracket-query.ts';
import { invalidName, invalidValue } from './faults.ts';
import type { StrapiBounds } from './settings.ts';

export interface Page {
  readonly by: 'page' | 'offset';
  readonly start: number;
  readonly limit: number;
  readonly counted: boolean;
}

const known: ReadonlySet<string> = new Set(['page', 'pageSize', 'start', 'limit', 'withCount']);

function whole(name: string, value: BracketValue): number {
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  throw invalidValue(`pagination[${name}]`, 'a whole number stands here');
}

const truths: Readonly<Record<string, boolean>> = { true: true, t: true, '1': true, false: false, f: false, '0': false };

/** A truth value as Strapi writes them; undefined for anything else. */
export function truthOf(value: BracketValue): boolean | undefined {
  return typeof value === 'string' && Object.hasOwn(truths, value) ? truths[value] : undefined;
}

/** The page that is asked for. Numbers beyond the limits are lowered to them, and reported so (S-92). */
export function pageOf(value: BracketValue | undefined, bounds: StrapiBounds): Page {
  if (value === undefined || value === '') return { by: 'page', start: 0, limit: bounds.limit, counted: true };
  if (!isGroup(value)) throw invalidValue('pagination', 'pagination[page] and pagination[pageSize], or [start] and [limit], stand here');
  for (const name of Object.keys(value)) if (!known.has(name)) throw invalidName(name, 'pagination');
  const { withCount } = value;
  const counted = withCount === undefined ? true : truthOf(withCount);
  if (counted === undefined) throw invalidValue('pagination[withCount]', 'true or false stands here');
  const byPage = value['page'] !== undefined || value['pageSize'] !== undefined;
  const byOffset = value['start'] !== undefined || value['limit'] !== undefined;
  if (byPage && byOffset) throw invalidValue('pagination', 'page and pageSize cannot be mixed with start and limit');
  return { ...(byOffset ? offsetOf(value, bounds) : numberedOf(value, bounds)), counted };
}

function offsetOf({ start, limit }: BracketGroup, bounds: StrapiBounds): Omit<Page, 'counted'> {
  const from = start === undefined ? 0 : Math.max(0, whole('start', start));
  const asked = limit === undefined ? Math.min(bounds.limit, bounds.maxLimit) : whole('limit', limit);
  const most = asked === -1 ? bounds.maxLimit : Math.min(Math.max(asked, 1), bounds.maxLimit);
  return { by: 'offset', start: from, limit: most };
}

function numberedOf({ page, pageSize }: BracketGroup, bounds: StrapiBounds): Omit<Page, 'counted'> {
  const number = page === undefined ? 1 : Math.max(1, whole('page', page));
  const usual = page === undefined ? bounds.limit : bounds.pageSize;
  const size = Math.min(pageSize === undefined ? usual : Math.max(1, whole('pageSize', pageSize)), bounds.maxLimit);
  return { by: 'page', start: Math.min((number - 1) * size, Number.MAX_SAFE_INTEGER), limit: size };
}

/** What an answer tells of its page. */
export function pageText({ by, start, limit, counted }: Page, total: number | undefined): string {
  const counts = counted && total !== undefined;
  if (by === 'offset') return JSON.stringify({ start, limit, ...(counts ? { total } : {}) });
  const page = Math.floor(start / limit) + 1;
  return JSON.stringify({ page, pageSize: limit, ...(counts ? { pageCount: Math.ceil(total / limit), total } : {}) });
}
