/** What a read came to, and what it runs with. */
import type { ReadContext, ReadResult } from '../../engine/read.ts';
import type { StrapiRead, Wanted } from './parse.ts';

export interface ReadAnswer {
  readonly asked: Pick<StrapiRead, 'page'>;
  readonly wanted: Wanted;
  readonly result: ReadResult;
}

/** Outputs are named by us and not by the caller, whose limit on names is for those that he writes. */
export function withinOutputs<Context extends ReadContext>(context: Context): Context {
  const { limits } = context;
  return { ...context, limits: { ...limits, fields: limits.outputs } };
}
