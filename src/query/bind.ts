/** Turns a requested read into a bound one: every name resolved against the schema and what the caller may see. */
import { GatewayError } from '../lib/errors.ts';
import type { Clock } from '../schema/field-types.ts';
import { parseKey } from '../schema/keys.ts';
import type { Collection, Schema } from '../schema/types.ts';
import { bindFilter } from './bind-filter.ts';
import { bindTemplate } from './bind-template.ts';
import type { BindContext } from './context.ts';
import { expand } from './expand.ts';
import { allOf } from './filters.ts';
import { type BoundSearch, bindFullText } from './full-text.ts';
import { rowsOfKeys } from './key-filter.ts';
import type { Limits } from './limits.ts';
import { checkLimits, outputCounter } from './limits.ts';
import { checkArguments } from './nested.ts';
import { bindOrder, listStep } from './order.ts';
import { searchFilter } from './search.ts';
import type { Filter, ListStep, ReadQuery, RequestedRead, Visibility } from './types.ts';

const now: Clock = () => new Date();

/** The collection of that name. Throws `unknown_collection`. */
export function collectionOf(schema: Schema, name: string): Collection {
  const collection = schema.collections.get(name);
  if (!collection) throw new GatewayError('unknown_collection', { collection: name });
  return collection;
}

/**
 * Binds a read. Throws unknown_collection, unknown_field, unknown_path, unknown_operator, related_denied, unprocessable, limit_exceeded.
 * Fields that are not visible are left out of wildcards and of the selection, and are unknown in filter and order (directus8-data §5, §15).
 */
export function bindRead(request: RequestedRead, schema: Schema, visible: Visibility, limits: Limits, at: Clock = now): ReadQuery {
  checkLimits(request, limits);
  const collection = collectionOf(schema, request.collection);
  if (request.follow) checkFollowed(request, collection);
  const context: BindContext = {
    schema,
    visible,
    limits,
    count: outputCounter(limits),
    at,
    stubs: request.stubs,
    ...(request.languages ? { languages: request.languages } : {}),
  };
  const template = request.template
    ? bindTemplate(collection, request.template, context, request.absent)
    : expand(collection, request.selection, context, request.nested);
  checkArguments(collection, template, request.nested, context);
  return {
    collection,
    template,
    ...(request.template && request.absent !== 'out' ? { absent: 'null' } : {}),
    ...bindRows(collection, request, context),
    ...(request.within ? { within: bindFilter(collection, request.within, context) } : {}),
    order: request.order === 'random' ? 'random' : bindOrder(collection, request.order, context),
    ...(request.each === undefined ? {} : { each: eachOf(collection, request.each, context) }),
    offset: request.offset,
    counts: request.counts,
    ...pageOf(request, limits),
    ...(request.statuses === undefined ? {} : { statuses: request.statuses }),
  };
}

/** Without a limit one row more than may be is asked for, which tells whether there are too many. Keys have a limit of their own. */
export function pageOf(request: Pick<RequestedRead, 'keys' | 'limit'>, { pageRows }: Limits): Pick<ReadQuery, 'limit' | 'most'> {
  if (request.limit !== undefined) return { limit: request.limit };
  if (request.keys || pageRows === Number.POSITIVE_INFINITY) return {};
  return { limit: pageRows + 1, most: pageRows };
}

/** The rows that are asked for, by keys, filter, text and words. */
export function bindRows(
  collection: Collection,
  request: Pick<RequestedRead, 'keys' | 'where' | 'within' | 'search' | 'fullText'>,
  context: BindContext,
): BoundSearch {
  const where: Filter[] = [];
  if (request.keys) where.push(keyFilter(collection, request.keys));
  if (request.within) where.push(bindFilter(collection, request.within, context));
  if (request.where) where.push(bindFilter(collection, request.where, context));
  if (request.search !== undefined) where.push(searchFilter(collection, request.search, context));
  const others = allOf(where);
  return request.fullText === undefined ? { where: others } : bindFullText(collection, request.fullText, others, context);
}

/** The rows of those keys; a text that is no key of the collection matches nothing. */
export function keyFilter(collection: Collection, keys: readonly string[]): Filter {
  return rowsOfKeys(
    collection,
    keys.flatMap((text) => {
      const key = parseKey(collection, text);
      return key ? [key] : [];
    }),
  );
}

/** The list whose rows a read's rows come for. */
function eachOf(collection: Collection, name: string, context: BindContext): ListStep {
  const step = listStep(collection, name, context);
  if (step?.relation.kind === 'o2m' && step.collection.key.length > 0) return step;
  throw new GatewayError('unknown_field', { field: name, collection: collection.name });
}

/** What has no last row, or none that can be found again, cannot be followed. */
function checkFollowed({ order, limit }: RequestedRead, { key, name }: Collection): void {
  const why =
    order === 'random'
      ? 'rows in random order have no place to go on from; sort by a field'
      : key.length === 0
        ? `"${name}" has no key to tell its rows apart by; page by "offset"`
        : limit === 0
          ? 'a page without rows has none; ask for a limit of at least 1'
          : undefined;
  if (why !== undefined) throw new GatewayError('unprocessable', { message: `cursor: ${why}` });
}
