/** Values as SQLite stores them: integers whole, other numbers as the doubles they are kept as. */
import type { Stored } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type Fragment, param } from '../../lib/fragment.ts';
import { canonicalNumber } from '../../schema/numerals.ts';
import type { Field } from '../../schema/types.ts';
import { isExact, stored as number } from './numbers.ts';

/** @throws GatewayError unprocessable, as the column would keep another number */
function refuse(field: Field): never {
  throw new GatewayError('unprocessable', {
    message: `The number submitted for '${field.name}' has more digits, or another spelling, than this database keeps in such a column`,
  });
}

/** Whether SQLite would take the text for a number. */
const looksNumeric = (text: string): boolean => /^[\s\dEe.+-]+$/.test(text) && /\d/.test(text) && !Number.isNaN(Number(text));

/** The text of a column whose type SQLite does not know: it makes a number of every text that looks like one. */
function plainText(field: Field, text: string): string {
  if (field.column.type === '' || !looksNumeric(text)) return text;
  const digits = canonicalNumber(text.trim());
  const kept = digits !== undefined && isExact(digits) && (field.storage === 'json' || digits === text);
  return kept ? text : refuse(field);
}

function bound(field: Field, value: Stored): unknown {
  if (value === null) return null;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  switch (field.storage) {
    case 'integer':
    case 'decimal':
    case 'year':
    case 'bit':
      return isExact(value) ? number(value) : refuse(field);
    case 'json':
    case 'unknown':
      return plainText(field, value);
    case 'float':
      return Number(value);
    case 'binary':
      return Buffer.from(value, 'base64');
    default:
      return value;
  }
}

/** A bound value of the column; see `Dialect.stored`. */
export function stored(field: Field, value: Stored): Fragment {
  return param(bound(field, value));
}
