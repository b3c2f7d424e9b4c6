/** JSON as plain values for code that is not ours, without losing a digit on the way in or out. */
import { randomBytes } from 'node:crypto';

/** A number that a double does not hold exactly, or that would be printed in another way: `1.50`. It counts as the nearest double. */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) throw new TypeError(`"${text}" is no number as JSON writes one`);
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return marked(this.text);
  }
}

/** Stands before the digits of a number that passes through a JSON string. Nobody else can know it. */
const mark = randomBytes(16).toString('hex');
const marked = (digits: string): string => `${mark}${digits}`;
const markedText = new RegExp(`"${mark}([^"]*)"`, 'g');

const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Whether a double holds the number and prints it with the same characters. */
const isExact = (digits: string): boolean => String(Number(digits)) === digits;

const numberOf = (digits: string): bigint | ExactNumber => (/^-?[1-9]\d*$/.test(digits) ? BigInt(digits) : new ExactNumber(digits));

/**
 * The value of a JSON text. Whole numbers that a double does not hold are bigints, other such numbers ExactNumbers.
 *
 * @throws SyntaxError where the text is no JSON
 */
export function parsePlainJson(text: string): unknown {
  const safe = text.replace(tokens, (token) => (token.startsWith('"') || isExact(token) ? token : `"${marked(token)}"`));
  if (safe === text) return JSON.parse(text);
  return JSON.parse(safe, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? numberOf(value.slice(mark.length)) : value,
  );
}

/**
 * The JSON text of a value; bigints and ExactNumbers with all their digits. Undefined for what JSON has no text for: a function, undefined.
 *
 * @throws TypeError where the value holds itself
 */
export function writePlainJson(value: unknown): string | undefined {
  const text: string | undefined = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? marked(String(inner)) : inner,
  );
  return text?.includes(mark) ? text.replace(markedText, '$1') : text;
}
