/** What becomes of a value that is to be stored: its stored form, or what is wrong with it. */
import type { Stored } from '../dialect/types.ts';
import type { Field } from './types.ts';

export type { Stored };

/** The kinds of error by which a value is refused. */
type Fault = 'validation' | 'unprocessable' | 'structured_value';

export type Verdict = { readonly value: Stored } | { readonly fault: Fault; readonly message: string };

/** The stored form. */
export const accepted = (value: Stored): Verdict => ({ value });

/** Refuses with `field: sentence`. */
export function invalid(field: Field, sentence: string): Verdict {
  return { fault: 'validation', message: `${field.name}: ${sentence}` };
}

/** Refuses what is no value of the kind. */
export function notValid(field: Field, kind: string): Verdict {
  return invalid(field, `This value is not a valid ${kind}.`);
}

/** Refuses what does not fit; the value itself is never repeated. */
export function tooLong(field: Field, most: number | string): Verdict {
  const message = `The value submitted for '${field.name}' is longer than the field's supported length (${most}). Shorten it, or enlarge the column.`;
  return { fault: 'unprocessable', message };
}

/** Refuses a list or an object for a column that holds neither. */
export function structured(field: Field): Verdict {
  const message = `Attempting to write an array as the value for field "${field.name}" in "${field.collection}"`;
  return { fault: 'structured_value', message };
}
