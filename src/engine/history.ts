/** The history of one row: which of the revisions are its own. */
import { GatewayError } from '../lib/errors.ts';
import { collectionOf } from '../query/bind.ts';
import type { RequestedFilter } from '../query/types.ts';
import { keyText, parseKey } from '../schema/keys.ts';
import { accessOf, type ReadContext } from './read.ts';

/**
 * The revisions of that row, whether or not there is one. Throws unknown_collection, read_denied when nothing of the collection may be
 * read, and what `parseKey` throws.
 */
export function revisionsOf(context: ReadContext, name: string, id: string): RequestedFilter {
  const collection = collectionOf(context.schema, name);
  if (!accessOf(context).visible.collection(collection)) throw new GatewayError('read_denied', { collection: name });
  const key = parseKey(collection, id);
  if (!key) return { is: 'any', of: [] };
  const is = (field: string, value: string): RequestedFilter => ({ is: 'compare', path: [field], operator: 'eq', value });
  return { is: 'all', of: [is('collection', name), is('item', keyText(key))] };
}
