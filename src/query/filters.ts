/** Small constructors for bound filters, simplifying as they build: a constant never reaches SQL when it decides by itself. */
import type { Scalar } from '../dialect/types.ts';
import type { Field } from '../schema/types.ts';
import type { Comparison, Filter } from './types.ts';

export const always: Filter = { is: 'always' };
export const never: Filter = { is: 'never' };

/** All of the parts. */
export function allOf(parts: readonly Filter[]): Filter {
  const kept = parts.filter((part) => part.is !== 'always');
  if (kept.some((part) => part.is === 'never')) return never;
  const [only] = kept;
  if (!only) return always;
  return kept.length === 1 ? only : { is: 'all', of: kept };
}

/** Any of the parts. */
export function anyOf(parts: readonly Filter[]): Filter {
  const kept = parts.filter((part) => part.is !== 'never');
  if (kept.some((part) => part.is === 'always')) return always;
  const [only] = kept;
  if (!only) return never;
  return kept.length === 1 ? only : { is: 'any', of: kept };
}

/** The opposite; rows for which the inner filter is unknown (NULL) do match. */
export function not(filter: Filter): Filter {
  if (filter.is === 'always') return never;
  if (filter.is === 'never') return always;
  return { is: 'not', of: filter };
}

/** A comparison of the column with one value or several. */
export function compare(field: Field, operator: Comparison, ...values: readonly Scalar[]): Filter {
  return { is: 'compare', field, operator, values };
}

/** Rows in which the column is NULL. */
export function isNull(field: Field): Filter {
  return { is: 'null', field, negated: false };
}

/** Rows in which the column holds a value. */
export function isNotNull(field: Field): Filter {
  return { is: 'null', field, negated: true };
}

/** A LIKE pattern that finds the text anywhere, its wildcards taken literally. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
