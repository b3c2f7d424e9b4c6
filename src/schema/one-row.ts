/** Whether the database promises that values name one row. */
import type { Collection, Field } from './types.ts';

/** Whether no two rows have the same values in those fields. A key that metadata declare for a view or a table without one is no promise. */
export function namesOneRow(fields: readonly Field[], { key, declaredKey }: Collection): boolean {
  return fields.some((field) => field.unique) || (!declaredKey && key.length > 0 && key.every((field) => fields.includes(field)));
}
