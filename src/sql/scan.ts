/** Reading a collection from end to end. */
import type { Fragment } from '../lib/fragment.ts';
import type { Filter } from '../query/types.ts';
import type { Collection } from '../schema/types.ts';
import { pulsed } from './pulse.ts';
import type { Scope } from './scope.ts';
import { condition } from './where.ts';

/** The condition on the rows under `alias` of a select that is about the collection itself; undefined when it always holds. */
export function scanned(collection: Collection, filter: Filter, alias: string, scope: Scope): Fragment | undefined {
  return pulsed(condition(filter, alias, scope), collection, alias, scope);
}
