/** The query of a request as a read of the core (strapi-rest §§4 to 10). */
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedFilter, RequestedRead } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import type { BracketGroup, BracketValue } from '../bracket-query.ts';
import type { CallerContext } from '../caller.ts';
import { relativeFileData } from '../file-data.ts';
import { invalidName, invalidValue } from './faults.ts';
import { fieldsOf } from './fields.ts';
import { allOf, filtersOf, publishedNull } from './filters.ts';
import { asksForEvery, inLanguage, languageAsked, localisedOf } from './locale.ts';
import { type Page, pageOf } from './pagination.ts';
import { populatedOf } from './populate.ts';
import { searchFilter } from './search.ts';
import { strapiBoundsOf } from './settings.ts';
import { inside, publishingOf, type Sight, sightOf } from './sight.ts';
import { orderOf } from './sort.ts';
import { type Entry, entryTemplate, flatTemplate } from './template.ts';
import type { Format, PublicationState, View } from './view.ts';

/** Parameters that are understood, and those that real Strapi knows and which mean nothing here (§17). */
const known: ReadonlySet<string> = new Set([
  'filters',
  'sort',
  'fields',
  'populate',
  'pagination',
  'publicationState',
  'status',
  // As a client for JavaScript has it.
  'state',
  'locale',
  'published_at_null',
  '_q',
  'hasPublishedVersion',
  'publicationFilter',
]);

export interface Asked {
  readonly query: BracketGroup;
  readonly format: Format;
  /** The language where the query names none. */
  readonly usual?: string;
}

export interface StrapiRead {
  readonly read: RequestedRead;
  readonly entry: Entry;
  readonly page: Page;
  readonly view: View;
}

const nothingNamed = { all: false, named: new Map(), without: new Set<string>() };

/** A list of many entries, one by its key, the only one of a single type; `any`: an entry in whatever state it is. */
export type Wanted =
  | { readonly is: 'list' }
  | { readonly is: 'single' }
  | { readonly is: 'entry' | 'any'; readonly keys: readonly string[] };

/** `flat`: attributes stand beside the key, whatever the form: hooks look at them there. `bare`: so they do in what is inside, too. */
export type Outline = 'wrapped' | 'flat' | 'bare';

/** Which entries are meant, by either parameter (S-130 to S-132). A type without drafts takes any value, as it means nothing there. */
export function stateOf(query: BracketGroup, strict = true): PublicationState {
  const { publicationState, status = query['state'] } = query;
  if (publicationState !== undefined) {
    if (publicationState === 'live' || publicationState === 'preview') return publicationState;
    if (!strict) return 'live';
    throw invalidValue('publicationState', 'live or preview stands here');
  }
  if (status === undefined || status === 'published') return 'live';
  if (status === 'draft') return 'draft';
  if (!strict) return 'live';
  throw invalidValue('status', 'published or draft stands here');
}

/** Throws for parameters that nobody knows: what is misspelled would be left out without a word. */
function checkParameters(query: BracketGroup): void {
  for (const name of Object.keys(query)) if (!known.has(name)) throw invalidName(name, 'query');
}

/** The view of a request. */
function viewOf({ project }: CallerContext, collection: Collection, { query, format, usual = 'en' }: Asked, sight: Sight): View {
  const asked = languageAsked(query['locale']);
  return {
    sight,
    format,
    documents: format === 'v5',
    state: stateOf(query, publishingOf(sight, collection) !== undefined),
    // The default one names every entry (S-140).
    language: asked?.toLowerCase() === usual.toLowerCase() ? undefined : asked,
    everyLanguage: false,
    defaultLanguage: usual,
    fileData: relativeFileData(project),
  };
}

/**
 * Reads a query. Throws `read_denied` before any name of it is looked at, `unknown_field` and `validation` for what is wrong with it, which
 * they name.
 */
export function parseRead(
  context: CallerContext,
  collection: Collection,
  asked: Asked,
  wanted: Wanted,
  outline: Outline = 'wrapped',
): StrapiRead {
  const { query } = asked;
  const seen = sightOf(context);
  if (!seen.visible.collection(collection)) throw new GatewayError('read_denied', { collection: collection.name });
  checkParameters(query);
  const each = wanted.is === 'list' && asksForEvery(query['locale']) ? localisedOf(seen, collection)?.relation.name : undefined;
  const given = viewOf(context, collection, asked, seen);
  const { language, defaultLanguage } = given;
  const spoken = { code: language ?? defaultLanguage, usual: language === undefined };
  const sight: Sight = { ...seen, spoken: each === undefined ? spoken : { ...spoken, each: true } };
  const viewed: View = wanted.is === 'any' && given.state === 'live' ? { ...given, state: 'preview' } : given;
  const view: View = { ...viewed, sight, everyLanguage: each !== undefined, ...(outline === 'bare' ? { format: 'v5' } : {}) };
  const bounds = strapiBoundsOf(context.project.config.strapi);
  const page = pageOf(wanted.is === 'list' ? query['pagination'] : undefined, bounds);
  const fields = fieldsOf(sight, collection, query['fields']);
  const populate = { sight: inside(sight), depth: bounds.populateDepth, most: context.limits.nestedRows };
  const populated = populatedOf(populate, collection, query['populate']);
  const entry = (outline === 'flat' ? flatTemplate : entryTemplate)(view, collection, fields, populated);
  const order = wanted.is === 'list' ? orderOf(sight, collection, query['sort']) : orderOf(sight, collection, undefined);
  if (wanted.is !== 'list') orderOf(sight, collection, query['sort']);
  // Conditions say nothing of what is written, but what is wrong with them is told.
  const matching = conditions(view, collection, query);
  const where = wanted.is === 'any' ? undefined : matching;
  const statuses = wanted.is === 'any' ? undefined : statusesOf(view, collection);
  const limit = wanted.is === 'list' ? page.limit : 1;
  const read: RequestedRead = {
    collection: collection.name,
    selection: nothingNamed,
    template: entry.of,
    absent: 'out',
    ...('keys' in wanted ? { keys: wanted.keys } : { limit }),
    ...(where ? { where } : {}),
    ...(order && !('keys' in wanted) ? { order } : {}),
    ...(statuses ? { statuses } : {}),
    ...(each === undefined ? {} : { each }),
    offset: wanted.is === 'list' ? page.start : 0,
    counts: { filtered: wanted.is === 'list' && page.counted, total: false, byStatus: false },
    stubs: false,
  };
  return { read, entry, page, view };
}

function conditions({ sight, language }: View, collection: Collection, query: BracketGroup): RequestedFilter | undefined {
  const { filters, published_at_null: unpublished, _q: text } = query;
  const localised = language === undefined ? undefined : localisedOf(sight, collection);
  const spoken = (code: string): RequestedFilter | undefined =>
    localised && { is: 'related', relation: localised.relation.name, quantifier: 'some', where: inLanguage(localised, code, false) };
  return allOf([
    filters === undefined ? undefined : filtersOf(sight, collection, filters),
    unpublished === undefined ? undefined : publishedNull(sight, collection, unpublished),
    text === undefined ? undefined : searchFilter(sight, collection, textOf(text)),
    language === undefined ? undefined : spoken(language),
  ]);
}

function textOf(value: BracketValue): string {
  if (typeof value === 'string') return value;
  throw invalidValue('_q', 'one text stands here');
}

function statusesOf({ sight, state }: Pick<View, 'state'> & { sight: Sight }, collection: Collection): readonly string[] | undefined {
  const publishing = publishingOf(sight, collection);
  if (!publishing) return undefined;
  return state === 'live' ? publishing.published : [...publishing.published, ...publishing.drafts];
}
