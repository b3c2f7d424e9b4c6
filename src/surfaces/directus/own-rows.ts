/** Rows that the gateway reads for itself, whoever asks. */
import { type ReadContext, read } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { RequestedRead } from '../../query/types.ts';

type Part = Partial<Pick<RequestedRead, 'where' | 'keys' | 'order' | 'limit'>> & { readonly fields?: readonly string[] };

/** Rows that the gateway itself wants to know; none of a collection that is not there. */
export async function rowsOf(context: Omit<ReadContext, 'actor'>, collection: string, part: Part): Promise<RequestedItem[]> {
  if (!context.schema.collections.has(collection)) return [];
  const { proof: _, ...rest } = context;
  return selected({ ...rest, actor: { is: 'system', reason: 'the gateway asks for itself' } }, collection, part);
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
