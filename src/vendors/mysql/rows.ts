/** Rows of the catalogue, put together by what they are about. */
import type { TextRow } from '../../dialect/types.ts';
import type { Sliced } from '../../lib/slices.ts';

/** Rows by their first column, each without it. */
export function* grouping(rows: readonly TextRow[]): Sliced<Map<string, TextRow[]>> {
  const groups = new Map<string, TextRow[]>();
  for (const [key, ...rest] of rows) {
    yield;
    const group = groups.get(key ?? '');
    if (group) group.push(rest);
    else groups.set(key ?? '', [rest]);
  }
  return groups;
}
