/** Dates and times as they are stored: real ones only, in UTC, without losing a digit of a second. */
import { canonicalDate, canonicalDatetime, canonicalTime, canonicalZonedTime } from './calendar.ts';
import { endless } from './field-types.ts';
import type { Field } from './types.ts';
import { accepted, notValid, type Verdict } from './verdict.ts';

/** No moment is written with more characters. */
const longest = 64;

/** Years begin with 1: what databases make of a year 0 differs. */
const dateShape = /^(?!0000)\d{4}-\d{2}-\d{2}$/;
const timeShape = /^\d{2}:\d{2}:\d{2}(?:\.\d+)?$/;
const zonedTimeShape = /^\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/i;
/** The plain form, and ISO 8601 in its extended and its basic form; a date alone is none. */
const datetimeShape = /^(?!0000)(?:\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}|\d{8}T\d{6})(?:[.,]\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** No database here keeps more digits of a second. */
const mostDigits = 6;

/** Whether the column keeps all digits of the text's seconds; those that are text do. */
function keepsFraction(field: Field, text: string): boolean {
  if (text.length > longest) return false;
  const digits = /[.,](\d+)/.exec(text)?.[1]?.replace(/0+$/, '') ?? '';
  return digits.length <= Math.min(field.column.precision ?? mostDigits, mostDigits);
}

/** A calendar date, exactly `YYYY-MM-DD`. */
export function storedDate(field: Field, text: string): Verdict {
  const date = dateShape.test(text) ? canonicalDate(text) : endless(field, text);
  return date === undefined ? notValid(field, 'date') : accepted(date);
}

/** `HH:MM:SS`, with a fraction where the column has one; an offset only where it is part of the value. */
export function storedTime(field: Field, text: string): Verdict {
  const zoned = field.column.type === 'timetz';
  const shaped = keepsFraction(field, text) && (zoned ? zonedTimeShape : timeShape).test(text);
  const time = !shaped ? undefined : zoned ? canonicalZonedTime(text) : canonicalTime(text);
  return time === undefined ? notValid(field, 'time') : accepted(time);
}

/** A plain datetime as it is, one with an offset in UTC. */
export function storedDatetime(field: Field, text: string): Verdict {
  // A field of dates over a column of moments is given, and means, the day's beginning.
  const day = field.type === 'date' && dateShape.test(text);
  const shaped = day || (keepsFraction(field, text) && datetimeShape.test(text));
  const moment = shaped ? canonicalDatetime(text.replace(/ (?=[+-]\d\d|Z)/i, '')) : endless(field, text);
  return moment === undefined ? notValid(field, 'datetime') : accepted(moment);
}
