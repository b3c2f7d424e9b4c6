/** Turns a requested read into a bound one: every name resolved against the schema and what the caller may see. */
import { GatewayError } from '../lib/errors.ts';
import { parseKey } from '../schema/keys.ts';
import type { Collection, Schema } from '../schema/types.ts';
import { bindFilter } from './bind-filter.ts';
import type { BindContext } from './context.ts';
import { expand } from './expand.ts';
import { allOf, anyOf, compare, never } from './filters.ts';
import type { Limits } from './limits.ts';
import { checkLimits, outputCounter } from './limits.ts';
import { bindOrder } from './order.ts';
import { searchFilter } from './search.ts';
import type { Filter, ReadQuery, RequestedRead, Visibility } from './types.ts';

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
export function bindRead(request: RequestedRead, schema: Schema, visible: Visibility, limits: Limits, at: Date = new Date()): ReadQuery {
  checkLimits(request, limits);
  const collection = collectionOf(schema, request.collection);
  const context: BindContext = {
    schema,
    visible,
    limits,
    count: outputCounter(limits),
    at,
    stubs: request.stubs,
    ...(request.languages ? { languages: request.languages } : {}),
  };
  const where: Filter[] = [];
  if (request.keys) where.push(keyFilter(collection, request.keys));
  if (request.where) where.push(bindFilter(collection, request.where, context));
  if (request.search !== undefined) where.push(searchFilter(collection, request.search, context));
  return {
    collection,
    template: expand(collection, request.selection, context),
    where: allOf(where),
    order: request.order === 'random' ? 'random' : bindOrder(collection, request.order, visible),
    offset: request.offset,
    counts: request.counts,
    ...(request.limit === undefined ? {} : { limit: request.limit }),
    ...(request.statuses === undefined ? {} : { statuses: request.statuses }),
  };
}

/** The rows of those keys; a text that is no key of the collection matches nothing. Keys of text are told apart to the last character. */
function keyFilter(collection: Collection, keys: readonly string[]): Filter {
  const parsed = keys.flatMap((text) => {
    const key = parseKey(collection, text);
    return key ? [key] : [];
  });
  const [first] = collection.key;
  if (!first || parsed.length === 0) return never;
  if (collection.key.length === 1 && first.storage !== 'text' && first.storage !== 'enum') {
    const values = new Set(parsed.flat());
    return compare(first, values.size === 1 ? 'eq' : 'in', ...values);
  }
  return anyOf(parsed.map((key) => allOf(collection.key.map((field, i) => compare(field, 'exact', key[i] ?? '')))));
}
