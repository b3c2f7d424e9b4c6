/** What a column's default is as text, where the catalogue says so plainly. */
import type { Field } from './types.ts';

const quoted = /^\(?'((?:[^']|'')*)'\)?(?:::[\w\s".()[\]]+)?\)?$/;

/** Undefined for no default, NULL, and whatever is worked out by the database. */
export function defaultText(field: Field): string | undefined {
  const text = field.column.default?.trim();
  if (text === undefined || /^null(?:::|$)/i.test(text)) return undefined;
  const literal = quoted.exec(text)?.[1];
  if (literal !== undefined) return literal.replace(/''/g, "'");
  return /^[\w.+-]+$/.test(text) && !/^(?:current_|now$|uuid$)/i.test(text) ? text : undefined;
}
