/** Directus 8 query parameters into the query model (directus8-data §5). */
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedRead, Selection } from '../../query/types.ts';
import { parseSort } from '../parse-sort.ts';
import { type ExportFormat, exportFormats } from './export.ts';
import { parseDeep } from './parse-deep.ts';
import { parseFilter } from './parse-filter.ts';
import { listOf, type PhpMap, parsePhpQuery, textOf } from './php-query.ts';

/** What the answer's shape depends on, beside the read itself. */
export interface DirectusRead {
  readonly read: RequestedRead;
  /** Names of `meta`, undefined when none is wanted. */
  readonly meta?: ReadonlySet<string>;
  /** One object instead of a list. */
  readonly single: boolean;
  /** Whether filter or q narrow the list. */
  readonly filtered: boolean;
  readonly page: { readonly limit?: number; readonly offset?: number; readonly page?: number };
  /** The list as a file. */
  readonly export?: ExportFormat;
}

/** The raw text behind the question mark of a request's URL. */
export function rawQuery(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
}

function emptySelection(): Selection {
  return { all: false, named: new Map(), without: new Set() };
}

function addPath(selection: Selection, path: readonly string[]): void {
  const [name = '', ...rest] = path;
  if (name === '*') {
    selection.all = true;
    if (rest.length > 0) {
      selection.each ??= emptySelection();
      addPath(selection.each, rest);
    }
    return;
  }
  // Whatever follows, it is the name of this level that is left out.
  if (name.startsWith('-')) {
    selection.without.add(name.slice(1));
    return;
  }
  if (rest.length === 0) {
    if (!selection.named.has(name)) selection.named.set(name, null);
    return;
  }
  const child = selection.named.get(name) ?? emptySelection();
  selection.named.set(name, child);
  addPath(child, rest);
}

/** `fields`: absent or empty is every column. */
function parseFields(names: readonly string[] | undefined): Selection {
  const selection = emptySelection();
  const asked = (names ?? []).map((name) => name.trim()).filter((name) => name !== '');
  if (asked.length === 0) selection.all = true;
  for (const name of asked) {
    const path = name.split('.');
    if (path.length > 100) throw new GatewayError('limit_exceeded', { message: 'fields: a path has more than 100 names' });
    addPath(selection, path);
  }
  return selection;
}

/** A whole number as PHP reads it: leading digits count, anything else is 0. */
function whole(text: string): number {
  const digits = /^\s*([+-]?\d+)/.exec(text)?.[1];
  if (digits === undefined) return 0;
  return Math.max(-1, Math.min(Number(digits), Number.MAX_SAFE_INTEGER));
}

function parseSingle(text: string | undefined): boolean {
  const value = text?.trim().toLowerCase();
  return value === '1' || value === 'true';
}

/** Blanks around a name do not matter, but around these (directus8-data §5.7). */
const exactNames: ReadonlySet<string> = new Set(['filter_count', 'page']);

/** The names in `meta`; undefined where none is asked for. */
export function parseMeta(names: readonly string[] | undefined): ReadonlySet<string> | undefined {
  const asked = (names ?? []).filter((name) => name !== '').map((name) => (exactNames.has(name.trim()) ? name : name.trim()));
  if (asked.length === 0 || (asked.length === 1 && asked[0] === '0')) return undefined;
  return new Set(asked);
}

const metaNames = ['collection', 'type', 'result_count', 'total_count', 'status', 'filter_count', 'page', 'search'];

/** Whether a name of `meta` is asked for, directly, by `*` or by its documented synonym. */
export function wantsMeta(meta: ReadonlySet<string> | undefined, name: string): boolean {
  if (!meta) return false;
  if (meta.has('*') && metaNames.includes(name)) return true;
  return meta.has(name) || (name === 'status' && meta.has('status_count'));
}

/**
 * Parses the query of a list, or of items by key when `keys` is given: then filter, q and status do not apply (directus8-data §4), but
 * `status=*` lets an administrator reach soft-deleted rows.
 */
export function parseRead(collection: string, query: PhpMap, defaultLimit: number, keys?: readonly string[]): DirectusRead {
  const one = keys?.length === 1;
  const single = keys ? one : parseSingle(textOf(query, 'single'));
  const meta = parseMeta(listOf(query.get('meta')));
  const where = keys ? undefined : parseFilter(query.get('filter'));
  const search = keys ? undefined : textOf(query, 'q');
  const fullText = keys ? undefined : textOf(query, 'search');
  const order = parseSort(listOf(query.get('sort')));
  const nested = parseDeep(query.get('deep'));
  const format = parseExport(query, { keys: keys !== undefined, single, meta: meta !== undefined });
  const follow = parseCursor(query, { keys: keys !== undefined, single, meta, export: format !== undefined });
  const page = parsePage(query, format ? everyRow : defaultLimit, single);
  const statuses = parseStatuses(listOf(query.get('status')), keys !== undefined);
  const languages = listOf(query.get('lang'))?.filter((name) => name !== '');
  const filtered = where !== undefined || [search, fullText].some((text) => text !== undefined && text !== '');
  const listing = !single;
  const paging = listing && wantsMeta(meta, 'page');
  const wantsFiltered = listing && (wantsMeta(meta, 'filter_count') || paging);
  return {
    read: {
      collection,
      selection: parseFields(listOf(query.get('fields'))),
      offset: one ? 0 : page.rowOffset,
      counts: {
        filtered: wantsFiltered && filtered,
        total: listing && (wantsMeta(meta, 'total_count') || (wantsFiltered && !filtered)),
        byStatus: listing && wantsMeta(meta, 'status'),
        ...(listing && fullText !== undefined && wantsMeta(meta, 'search') ? { search: true } : {}),
      },
      stubs: true,
      ...(keys ? { keys } : {}),
      ...(follow ? { follow } : {}),
      ...(where ? { where } : {}),
      ...(order ? { order } : {}),
      ...(nested ? { nested } : {}),
      ...(search === undefined ? {} : { search }),
      ...(fullText === undefined ? {} : { fullText }),
      ...(one || page.rowLimit === undefined ? {} : { limit: page.rowLimit }),
      ...(statuses ? { statuses } : {}),
      ...(languages && languages.length > 0 ? { languages } : {}),
    },
    single,
    filtered,
    page: page.asked,
    ...(meta ? { meta } : {}),
    ...(format ? { export: format } : {}),
  };
}

interface BesideCursor {
  readonly keys: boolean;
  readonly single: boolean;
  readonly export: boolean;
  readonly meta: ReadonlySet<string> | undefined;
}

/** `cursor` and `meta=cursor`, and what has no place beside them. Beside `keys` and `single` there is no list that could be followed. */
function parseCursor(query: PhpMap, beside: BesideCursor): RequestedRead['follow'] {
  const after = textOf(query, 'cursor');
  if (after === undefined || after === '') return wantsMeta(beside.meta, 'cursor') && !beside.keys && !beside.single ? {} : undefined;
  const others = [
    ['offset', query.has('offset')],
    ['page', query.has('page')],
    ['single', beside.single],
    ['export', beside.export],
    ['meta=page', beside.meta?.has('page') === true],
    ['a key in the path', beside.keys],
  ] as const;
  const found = others.find(([, there]) => there);
  if (!found) return { after };
  throw new GatewayError('unprocessable', { message: `cursor: ${found[0]} has no meaning beside a cursor; leave one of the two out` });
}

/** Whether a file is asked for instead of an answer. */
export function wantsExport(query: PhpMap): boolean {
  const value = query.get('export');
  return value !== undefined && value !== '';
}

/** `export`, and what has no place beside it. */
function parseExport(query: PhpMap, beside: Readonly<Record<'keys' | 'single' | 'meta', boolean>>): ExportFormat | undefined {
  const text = textOf(query, 'export');
  if (!wantsExport(query)) return undefined;
  const format = exportFormats.find((one) => one === text);
  const refuse = (message: string): never => {
    throw new GatewayError('unprocessable', { message });
  };
  if (!format) return refuse(`export: "${text}" is no format; there are ${exportFormats.join(', ')}`);
  if (beside.keys) refuse('export: items by their keys are not exported; ask for the list, with a filter');
  if (beside.single) refuse('export: a list is exported, which "single" does not ask for; leave one of the two out');
  if (beside.meta) refuse('export: there is no "meta" beside an export; ask for it by itself');
  return format;
}

/** The statuses that are asked for; undefined where none is named, or rows are asked for by their keys. */
export function parseStatuses(names: readonly string[] | undefined, byKey: boolean): RequestedRead['statuses'] {
  const asked = (names ?? []).map((name) => name.trim()).filter((name) => name !== '');
  if (asked.includes('*')) return 'any';
  return asked.length === 0 || byKey ? undefined : asked;
}

/** The `limit` that asks for all rows. */
const everyRow = -1;

interface ParsedPage {
  rowLimit?: number;
  rowOffset: number;
  asked: DirectusRead['page'];
}

/** limit, offset and page (directus8-data §5.4): page counts only beside a limit and without an offset. */
export function parsePage(query: PhpMap, defaultLimit: number, single: boolean): ParsedPage {
  const limitText = textOf(query, 'limit');
  const offsetText = textOf(query, 'offset');
  const pageText = textOf(query, 'page');
  const limit = limitText === undefined ? undefined : whole(limitText);
  const offset = offsetText === undefined ? undefined : Math.max(0, whole(offsetText));
  const page = pageText === undefined ? undefined : Math.max(1, whole(pageText));
  const asked = {
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    ...(page === undefined ? {} : { page }),
  };
  let rowOffset = offset ?? 0;
  if (offset === undefined && page !== undefined && limit !== undefined && limit > 0)
    rowOffset = Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER);
  const rowLimit = single ? 1 : (limit ?? defaultLimit);
  return { rowOffset, asked, ...(rowLimit < 0 ? {} : { rowLimit }) };
}

export { type PhpMap, parsePhpQuery };
