/** Numbers, years, bits and truth as they are stored: whole, within the range of their column, none rounded on the way. */
import { isExactNumber, type Json, numberText } from '../lib/json-body.ts';
import { canonicalNumber, compareNumbers, fitsDouble } from './numerals.ts';
import type { Field } from './types.ts';
import { accepted, invalid, notValid, tooLong, type Verdict } from './verdict.ts';

/** Bytes of the integer types; the vendors that keep to them tell a precision as well. */
const widths: ReadonlyMap<string, number> = new Map([
  ['tinyint', 1],
  ['smallint', 2],
  ['int2', 2],
  ['mediumint', 3],
  ['int', 4],
  ['int4', 4],
  ['bigint', 8],
  ['int8', 8],
]);

interface Range {
  readonly least: string;
  readonly most: string;
}

const ranges = new WeakMap<Field, Range>();

function integerRange(field: Field): Range {
  let range = ranges.get(field);
  if (!range) {
    range = rangeOf(field);
    ranges.set(field, range);
  }
  return range;
}

function rangeOf({ column }: Field): Range {
  const bytes = column.precision === undefined ? 8 : (widths.get(column.type) ?? 8);
  const signed = 8n * BigInt(bytes) - 1n;
  if (column.unsigned && column.precision !== undefined) return { least: '0', most: String(2n ** (signed + 1n) - 1n) };
  return { least: String(-(2n ** signed)), most: String(2n ** signed - 1n) };
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** `true`, `false`, 1 and 0, also as text. */
export function truthOf(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : numberText(value);
  return text === undefined ? undefined : truths.get(text);
}

/** Longer texts are no number of any column; to look at them closely would take its time. */
const longest = 1000;

/** The refusal of what is no truth. */
export const neither = (field: Field): Verdict => invalid(field, 'This value is neither true nor false.');

/** The canonical digits of a number, of a text that is one, or of truth. */
function digitsOf(value: Json): string | undefined {
  if (typeof value === 'boolean') return value ? '1' : '0';
  const text = typeof value === 'string' ? value.trim() : numberText(value);
  return text === undefined || text.length > longest ? undefined : canonicalNumber(text);
}

const within = (digits: string, { least, most }: Range): boolean => compareNumbers(digits, least) >= 0 && compareNumbers(digits, most) <= 0;

function whole(field: Field, value: Json, range: Range, kind: string): Verdict {
  const digits = digitsOf(value);
  if (digits === undefined || digits.includes('.')) return notValid(field, kind);
  if (within(digits, range)) return accepted(digits);
  return { fault: 'unprocessable', message: `${field.name}: This value is not between ${range.least} and ${range.most}.` };
}

function decimal(field: Field, value: Json): Verdict {
  const digits = digitsOf(value);
  if (digits === undefined) return notValid(field, 'number');
  const { precision, scale = 0, unsigned } = field.column;
  if (unsigned && precision !== undefined && digits.startsWith('-')) return invalid(field, 'This value is less than 0.');
  if (precision === undefined) return accepted(digits);
  const [integer = '', fraction = ''] = digits.replace('-', '').split('.');
  // PostgreSQL knows negative scales, by which it rounds to tens and hundreds, and scales beyond the precision.
  const rounded = scale < 0 && digits !== '0' && !digits.endsWith('0'.repeat(-scale));
  const leading = integer === '0' ? 0 : integer.length;
  const zeros = leading === 0 ? (/^0*/.exec(fraction)?.[0].length ?? 0) : 0;
  const tooFine = fraction.length > Math.max(scale, 0) || rounded;
  const tooWide = digits !== '0' && (leading > Math.max(precision - scale, 0) || (scale > precision && zeros < scale - precision));
  return tooFine || tooWide ? tooLong(field, `${precision},${scale}`) : accepted(digits);
}

/** Of four bytes: PostgreSQL's, and MySQL's, which alone tells a precision of it. */
const isSingle = ({ column }: Field): boolean => column.type === 'float4' || (column.type === 'float' && column.precision !== undefined);

function float(field: Field, value: Json): Verdict {
  const digits = digitsOf(value);
  if (digits === undefined) return notValid(field, 'number');
  if (field.column.unsigned && digits.startsWith('-')) return invalid(field, 'This value is less than 0.');
  const rounded = Math.fround(Number(digits));
  const fits = isSingle(field) ? Number.isFinite(rounded) && (rounded !== 0 || digits === '0') : fitsDouble(digits);
  return fits ? accepted(digits) : invalid(field, 'This value is beyond the range of the column.');
}

/** MySQL's bits are a number, whose width it tells as a precision; PostgreSQL's are a text. */
function bits(field: Field, value: Json): Verdict {
  const { precision, length, type } = field.column;
  if (precision !== undefined) return whole(field, value, { least: '0', most: String(2n ** BigInt(precision) - 1n) }, 'number');
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : typeof value === 'string' ? value : (numberText(value) ?? '');
  if (!/^[01]*$/.test(text) || (text === '' && value !== '')) return invalid(field, 'This value is not a text of the digits 0 and 1.');
  if (length === undefined) return accepted(text);
  if (type === 'bit' && text.length < length) return invalid(field, `This value has not exactly ${length} digits.`);
  return text.length > length ? tooLong(field, length) : accepted(text);
}

function year(field: Field, value: Json): Verdict {
  const digits = digitsOf(value);
  const possible = digits === '0' || (digits !== undefined && within(digits, { least: '1901', most: '2155' }));
  return possible && digits !== undefined && !digits.includes('.') ? accepted(digits) : notValid(field, 'year');
}

/** A scalar for a column of numbers or truth. */
export function storedNumber(field: Field, value: Json): Verdict {
  if (field.type === 'boolean' && field.storage !== 'boolean') {
    const truth = truthOf(value);
    return truth === undefined ? neither(field) : accepted(truth ? '1' : '0');
  }
  switch (field.storage) {
    case 'integer':
      return whole(field, value, integerRange(field), 'whole number');
    case 'decimal':
      return decimal(field, value);
    case 'float':
      return float(field, value);
    case 'bit':
      return bits(field, value);
    case 'year':
      return year(field, value);
    default: {
      const truth = truthOf(value);
      return truth === undefined ? neither(field) : accepted(truth);
    }
  }
}

/** A scalar as text: numbers with their digits, truth as PHP has it. Undefined for lists, objects and null. */
export function scalarText(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return isExactNumber(value) || typeof value === 'number' ? numberText(value) : undefined;
}
