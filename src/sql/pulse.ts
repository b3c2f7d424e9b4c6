/** What ends the reading of a collection from end to end, where the server would not. */
import { type Fragment, sql } from '../lib/fragment.ts';
import type { Collection } from '../schema/types.ts';
import type { Scope } from './scope.ts';

/** The condition on the rows of a collection under `alias`, undefined for all, with the pulse of a reading that visits all of them. */
export function pulsed(where: Fragment | undefined, collection: Collection, alias: string, scope: Scope): Fragment | undefined {
  // First: what stands behind a condition that does not hold is not looked at.
  const pulse = scope.dialect.scanPulse?.(collection, alias);
  return pulse && where ? sql`${pulse} and ${where}` : (pulse ?? where);
}
