/** Filters that hold no condition: what is meant for some documents must not meet all of them. */
import type { RequestedFilter } from '../../query/types.ts';

/** Whether every row meets the filter by its form alone, as no column or relation of one decides. */
export function isOpen(filter: RequestedFilter): boolean {
  switch (filter.is) {
    case 'all':
      return filter.of.every(isOpen);
    case 'any':
      return filter.of.some(isOpen);
    default:
      return false;
  }
}
