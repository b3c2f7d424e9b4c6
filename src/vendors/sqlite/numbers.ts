/** Numbers as SQLite stores them, and comparisons with numbers that it cannot store. */
import { canonicalNumber, compareNumbers } from '../../schema/numerals.ts';

type Operator = '=' | '<' | '<=' | '>' | '>=';

/** A number as SQLite would store it: exact in 64 bits, else a double. */
export function stored(text: string): bigint | number {
  if (/^-?\d{1,19}$/.test(text)) {
    const whole = BigInt(text);
    if (BigInt.asIntN(64, whole) === whole) return whole;
  }
  return Number(text);
}

/** Whether the number, when stored, is read again as what it was. */
export function isExact(text: string): boolean {
  const value = stored(text);
  return typeof value === 'bigint' || canonicalNumber(String(value)) === text;
}

/** Whole numbers up to here are doubles too. */
const wholeDoubles = 2 ** 53;

/**
 * A comparison with a number that cannot be stored, as one with a number that can: of what is stored, some is less and the rest is
 * greater. Undefined where nothing is equal.
 */
export function restated(operator: Operator, text: string, whole: boolean): { operator: Operator; value: bigint | number } | undefined {
  if (operator === '=') return undefined;
  const below = operator.startsWith('<');
  if (whole && Math.abs(Number(text)) >= wholeDoubles && text.length < 40) {
    const [digits = '0'] = text.split('.');
    const towardsZero = BigInt(digits);
    const floor = text.includes('.') && text.startsWith('-') ? towardsZero - 1n : towardsZero;
    if (BigInt.asIntN(64, floor) === floor) return { operator: below ? '<=' : '>', value: floor };
  }
  const value = Number(text);
  const spelled = whole && Number.isInteger(value) ? BigInt(value).toString() : canonicalNumber(String(value));
  const greater = spelled === undefined ? value < 0 : compareNumbers(text, spelled) > 0;
  return { operator: below ? (greater ? '<=' : '<') : greater ? '>' : '>=', value };
}
