/** Rows of system collections that the gateway itself wants to know, whoever asks. */
import { isJsonObject, parseJsonBody } from '../lib/json-body.ts';
import type { RequestedItem } from '../query/mutation.ts';
import type { RequestedRead } from '../query/types.ts';
import { type ReadContext, read } from './read.ts';

type Part = Partial<Pick<RequestedRead, 'where' | 'keys' | 'order' | 'statuses'>> & { readonly fields?: readonly string[] };

/** All of them, or those that the part names, with all their columns or some; none where the collection is missing. */
export async function systemRows(context: ReadContext, collection: string, { fields, ...part }: Part): Promise<RequestedItem[]> {
  if (!context.schema.collections.has(collection)) return [];
  const { proof: _, ...rest } = context;
  const asSystem: ReadContext = { ...rest, actor: { is: 'system', reason: 'the gateway itself wants to know' } };
  const named = new Map((fields ?? []).map((field) => [field, null] as const));
  const { texts } = await read(asSystem, {
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
