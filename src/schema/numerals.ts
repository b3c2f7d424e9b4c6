/** Numbers as exact text: they never pass through a JavaScript number on their way to the database. */

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,4}))?$/i;

/** What is canonical already: most numbers that are sent. */
const plain = /^(?:0|-?[1-9]\d{0,17})$/;

/** Digits before or after the point that still count as a number a column may hold; doubles need 309 and 324. */
const widest = 400;

/**
 * The one spelling of a decimal number: no plus, no leading or needless trailing zeros, no exponent, no negative zero.
 * Undefined for anything else, `NaN` and `Infinity` included.
 */
export function canonicalNumber(text: string): string | undefined {
  if (plain.test(text)) return text;
  const match = shape.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const written = whole + fraction;
  const digits = written.replace(/^0+/, '');
  const point = whole.length + Number(exponent) - (written.length - digits.length);
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  if (point > widest || kept.length - point > widest) return undefined;
  const minus = sign === '-' ? '-' : '';
  if (point <= 0) return `${minus}0.${'0'.repeat(-point)}${kept}`;
  if (point >= kept.length) return `${minus}${kept}${'0'.repeat(point - kept.length)}`;
  return `${minus}${kept.slice(0, point)}.${kept.slice(point)}`;
}

/** Whether a double can hold the canonical number without becoming infinite or falling to zero. */
export function fitsDouble(canonical: string): boolean {
  const double = Number(canonical);
  return Number.isFinite(double) && (double !== 0 || canonical === '0');
}

/** Negative, zero or positive as the first of two canonical numbers is less than, equal to or greater than the second. */
export function compareNumbers(one: string, other: string): number {
  if (one === other) return 0;
  const [negative, otherNegative] = [one.startsWith('-'), other.startsWith('-')];
  if (negative !== otherNegative) return negative ? -1 : 1;
  if (!one.includes('.') && !other.includes('.')) {
    const longer = one.length - other.length || (one > other ? 1 : -1);
    return negative ? -longer : longer;
  }
  const [whole = '', fraction = ''] = one.replace('-', '').split('.');
  const [otherWhole = '', otherFraction = ''] = other.replace('-', '').split('.');
  const larger =
    whole.length - otherWhole.length || (whole === otherWhole ? (fraction > otherFraction ? 1 : -1) : whole > otherWhole ? 1 : -1);
  return negative ? -larger : larger;
}
