/** Filters that hold no condition: what is meant for some documents must not meet all of them. */
import type { RequestedFilter } from '../../query/types.ts';

/** Any related row at all, where that is what was asked for. */
export const anyRow: RequestedFilter = Object.freeze({ is: 'all', of: [] });

const isBlank = (value: unknown): boolean =>
  Array.isArray(value) ? value.every(isBlank) : typeof value === 'string' && value.trim() === '';

/** Operators that every value satisfies, or every row, where there is nothing to compare with. */
const satisfied: ReadonlySet<string> = new Set(['none-of', 'not-equals', 'words', 'holds']);

/** Whether every row meets the filter by its form alone: where a value was lost on the way to it, it is no condition. */
export function isOpen(filter: RequestedFilter): boolean {
  switch (filter.is) {
    case 'all':
      return filter.of.every(isOpen);
    case 'any':
      return filter.of.some(isOpen);
    case 'not':
      return isClosed(filter.of);
    case 'compare':
      return satisfied.has(filter.operator) && isBlank(filter.value);
    case 'each':
      return false;
    case 'related':
      return filter.quantifier === 'some' && filter.where !== anyRow && isOpen(filter.where);
  }
}

/** Whether no row meets the filter by its form alone. */
function isClosed(filter: RequestedFilter): boolean {
  switch (filter.is) {
    case 'all':
      return filter.of.some(isClosed);
    case 'any':
      return filter.of.every(isClosed);
    case 'not':
      return isOpen(filter.of);
    case 'compare':
      return filter.operator === 'any-of' && isBlank(filter.value);
    case 'each':
      return false;
    case 'related':
      return filter.quantifier === 'some' && isClosed(filter.where);
  }
}
