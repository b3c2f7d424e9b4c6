/** A table that was read again and says what it said before stays the same object, so that nothing is made anew because of it. */
import type { IntrospectedTable } from './types.ts';

function said({ rowEstimate: _, ...rest }: IntrospectedTable): string {
  return JSON.stringify(rest);
}

/** The table as it was before, unless more than its number of rows has changed. */
export function reuseUnchanged(table: IntrospectedTable, before: IntrospectedTable | undefined): IntrospectedTable {
  return before && said(before) === said(table) ? before : table;
}
