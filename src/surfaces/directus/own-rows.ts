/** Rows that the gateway reads for itself, whoever asks. */
import { type ReadContext, read } from '../../engine/read.ts';
import { isJsonObject, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { RequestedRead } from '../../query/types.ts';

type Part = Partial<Pick<RequestedRead, 'where' | 'keys' | 'order' | 'limit'>> & { readonly fields?: readonly string[] };

/** Rows that the gateway itself wants to know. */
export async function rowsOf(context: Omit<ReadContext, 'actor'>, collection: string, { fields, ...part }: Part): Promise<RequestedItem[]> {
  if (!context.schema.collections.has(collection)) return [];
  const { proof: _, ...rest } = context;
  const asSystem: ReadContext = { ...rest, actor: { is: 'system', reason: 'the gateway asks for itself' } };
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
