/**
 * Exact sums. SQLite adds 64-bit integers, or doubles in whatever order they come; here a sum has all its digits. Integers are added
 * in two halves by SQLite itself, other numbers by a function of ours as the decimal numbers they are printed as.
 */
import type { Database } from 'better-sqlite3';

/** `digits` divided by ten to the power of `scale`. */
export interface Exact {
  readonly digits: bigint;
  readonly scale: number;
}

interface Running {
  sum: Exact;
  /** Beside `sum`: multiples of 10^-scale, as long as a number holds them exactly. */
  units: number;
  scale: number;
  /** There was a number; an infinity. */
  seen: boolean;
  infinite: boolean;
}

/** A number of at most fifteen digits has one such spelling only: the one it is printed as. */
const exactUnits = 1e15;
/** For columns that declare no scale. */
const usualScale = 6;

/** Gives a connection the functions that aggregates.ts calls. */
export function addSums(raw: Database): void {
  raw.aggregate('sallyport_sum', {
    start: (): Running => ({ sum: { digits: 0n, scale: 0 }, units: 0, scale: usualScale, seen: false, infinite: false }),
    step: (running: Running, value: unknown, scale?: unknown) => step(running, Number(value), Number(scale)),
    result,
    deterministic: true,
  });
  const options = { deterministic: true, safeIntegers: true };
  raw.function('sallyport_total', options, (high: unknown, low: unknown, rest: unknown, scale: unknown) =>
    total(high, low, rest, Number(scale)),
  );
  raw.function('sallyport_rank', options, (sum: unknown) => (sum === null ? null : rank(String(sum))));
  raw.function('sallyport_double', options, (sum: unknown) => (sum === null ? null : double(String(sum))));
}

function result(running: Running): string | null {
  if (!running.seen) return null;
  return running.infinite ? 'NaN' : printed(flush(running), 0);
}

function step(running: Running, value: number, scale: number): Running {
  running.seen = true;
  if (running.units === 0 && scale > 0 && scale <= 15) running.scale = scale;
  const unit = 10 ** running.scale;
  const units = Math.round(value * unit);
  if (Math.abs(units) < exactUnits && units / unit === value) {
    running.units += units;
    if (Math.abs(running.units) >= exactUnits) flush(running);
  } else if (Number.isFinite(value)) running.sum = added(running.sum, exact(String(value)));
  else running.infinite = true;
  return running;
}

/** Moves the units into the sum, which it gives. */
function flush(running: Running): Exact {
  if (running.units !== 0) running.sum = added(running.sum, { digits: BigInt(running.units), scale: running.scale });
  running.units = 0;
  return running.sum;
}

function added(a: Exact, b: Exact): Exact {
  const scale = Math.max(a.scale, b.scale);
  return { digits: raised(a, scale) + raised(b, scale), scale };
}

function raised({ digits, scale }: Exact, to: number): bigint {
  return to === scale ? digits : digits * 10n ** BigInt(to - scale);
}

/** A decimal number's text, as JavaScript or `printed` spells it. */
export function exact(text: string): Exact {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/** Without needless zeros behind the point beyond `least` digits, which are always there. */
export function printed({ digits, scale }: Exact, least: number): string {
  const minus = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const point = text.length - scale;
  const fraction = text.slice(point).replace(/0+$/, '').padEnd(least, '0');
  return `${minus}${text.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The sum of all of a column, out of the halves of its integers and of its other numbers; null when there is no number at all. */
function total(high: unknown, low: unknown, rest: unknown, scale: number): string | null {
  if (rest === 'NaN') return rest;
  const parts: Exact[] = [];
  if (typeof high === 'bigint' && typeof low === 'bigint') parts.push({ digits: (high << 32n) + low, scale: 0 });
  if (typeof rest === 'string') parts.push(exact(rest));
  return parts.length === 0 ? null : printed(parts.reduce(added), scale);
}

/**
 * A text that is less than another where the number is: sign, power of ten, digits; below zero all of them turned round. NaN is
 * the largest of all, as it is to PostgreSQL.
 */
export function rank(sum: string): string {
  if (sum === 'NaN') return '3';
  const { digits, scale } = exact(sum);
  if (digits === 0n) return '1';
  const text = String(digits < 0n ? -digits : digits);
  const key = `${String(5000 + text.length - scale).padStart(4, '0')}${text.replace(/0+$/, '')}`;
  return digits > 0n ? `2${key}` : `0${key.replace(/\d/g, (digit) => String(9 - Number(digit)))}~`;
}

/** The nearest double. SQLite has no NaN; infinity sorts as high. */
function double(sum: string): number {
  return sum === 'NaN' ? Number.POSITIVE_INFINITY : Number(sum);
}
