/** Rows that the gateway reads for itself, as items: whoever asks, or as the caller may read them. */
import { GatewayError } from '../lib/errors.ts';
import { isJsonObject, parseJsonBody } from '../lib/json-body.ts';
import type { RequestedItem } from '../query/mutation.ts';
import type { RequestedRead } from '../query/types.ts';
import { type ReadContext, read } from './read.ts';

type Part = Partial<Pick<RequestedRead, 'where' | 'keys' | 'order' | 'statuses' | 'limit'>> & { readonly fields?: readonly string[] };

/** All of them whoever asks, or those that the part names, with all their columns or some; none where the collection is missing. */
export async function systemRows(context: Omit<ReadContext, 'actor'>, collection: string, part: Part): Promise<RequestedItem[]> {
  if (!context.schema.collections.has(collection)) return [];
  const { proof: _, ...rest } = context;
  return selected({ ...rest, actor: { is: 'system', reason: 'the gateway itself wants to know' } }, collection, part);
}

async function selected(context: ReadContext, collection: string, { fields, ...part }: Part): Promise<RequestedItem[]> {
  const named = new Map((fields ?? []).map((field) => [field, null] as const));
  const { texts } = await read(context, {
    collection,
    selection: { all: !fields, named, without: new Set() },
    offset: 0,
    counts: { filtered: false, total: false, byStatus: false },
    stubs: false,
    ...part,
  });
  const rows = parseJsonBody(String(texts.between('[', ']')));
  return Array.isArray(rows) ? rows.filter(isJsonObject) : [];
}

/**
 * Those columns of the row of that key, as the caller may read it.
 *
 * @throws GatewayError `item_not_found` where there is none, or none that the caller may read
 */
export async function keyedRow(context: ReadContext, collection: string, key: string, fields: readonly string[]): Promise<RequestedItem> {
  const { proof: _, ...rest } = context;
  const [row] = await selected(rest, collection, { keys: [key], fields: [...fields, 'id'] }).catch((error: unknown) => {
    if (error instanceof GatewayError && error.kind === 'read_denied') return [];
    throw error;
  });
  if (!row) throw new GatewayError('item_not_found', { id: key });
  return row;
}
