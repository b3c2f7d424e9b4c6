/** The functions of ours that SQLite's own SQL lacks, for every connection. */
import type { Database } from 'better-sqlite3';
import { lowerCase } from '../../lib/lower-case.ts';
import { canonicalDate, canonicalDatetime, canonicalTime } from '../../schema/calendar.ts';
import { canonicalNumber } from '../../schema/numerals.ts';
import { containmentText, coordinate } from './points.ts';

/** Gives a connection `sallyport_base64`, `sallyport_lower`, `sallyport_float`, `sallyport_moment`, `sallyport_coordinate` and `sallyport_lies`. */
export function addOwn(raw: Database): void {
  const pure = { deterministic: true, safeIntegers: true };
  raw.function('sallyport_base64', pure, base64);
  raw.function('sallyport_lower', pure, (value: unknown) => (typeof value === 'string' ? lowerCase(value) : value));
  raw.function('sallyport_float', pure, floatText);
  raw.function('sallyport_moment', pure, moment);
  raw.function('sallyport_coordinate', pure, coordinate);
  raw.function('sallyport_lies', pure, containmentText);
}

function base64(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return (Buffer.isBuffer(value) ? value : Buffer.from(String(value))).toString('base64');
}

/** As the other databases print a double: with an exponent from 10^15 on, unless there is a fraction, and below 10^-15. */
function floatText(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'number') return value;
  const size = Math.abs(value);
  if (size !== 0 && ((size >= 1e15 && Number.isInteger(size)) || size < 1e-15)) return value.toExponential().replace('e+', 'e');
  return canonicalNumber(String(value)) ?? String(value);
}

function moment(storage: unknown, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (storage === 'date') return canonicalDate(value) ?? value;
  // A time with an offset, which no moment belongs to, stays as it is.
  return (storage === 'time' ? (/^[\d:.]+$/.test(value) ? canonicalTime(value) : undefined) : canonicalDatetime(value)) ?? value;
}
