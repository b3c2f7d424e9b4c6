/** The JSON that a client sends, as values: numbers that a double would change are kept as their digits. */
import { deepestJson, type JsonShape, readJson } from './exact-json.ts';
import { closingQuote } from './json-strings.ts';

const exact = Symbol('exact number');

/** A number with more digits than a double is sure to keep. No JSON text can name the symbol, so none can pretend to be one. */
export interface ExactNumber {
  readonly [exact]: true;
  /** As they stood in the text. */
  readonly digits: string;
}

export interface JsonObject {
  readonly [key: string]: Json;
}

export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;

/** Whether the value is a number kept as its digits. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return typeof value === 'object' && value !== null && exact in value;
}

/** Whether the value is a list; of itself TypeScript does not see that of a readonly one. */
export function isJsonList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Whether the value is an object with keys. */
export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isJsonList(value) && !isExactNumber(value);
}

/** Digits that a double always keeps, in a spelling that it would print again but for needless zeros. */
const plain = /^(?:\d{1,15}|(?!0\.0{6})(?=.{3,16}$)\d+\.\d+)$/;

const numeral = /[-+.\deE]*/y;
const digit = (code: number): boolean => code >= 48 && code <= 57;

/** Whether nothing that the text says is lost in the engine's own values, and its depth is no danger to who walks them. */
function isHarmless(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) at = closingQuote(text, at) ?? text.length;
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth >= deepestJson) return false;
    } else if (code === 125 || code === 93) depth -= 1;
    else if (digit(code)) {
      numeral.lastIndex = at;
      const found = numeral.exec(text)?.[0] ?? '';
      if (!plain.test(found)) return false;
      at += found.length - 1;
    }
  }
  return true;
}

const same = <Value>(value: Value): Value => value;

const shape: JsonShape<Json> = {
  text: same,
  word: same,
  list: same,
  number: (digits) => (plain.test(digits.replace('-', '')) ? Number(digits) : { [exact]: true, digits }),
  // Of a key that stands twice the last value counts, as with JSON.parse; `__proto__` becomes a key like any other.
  object: (members) => Object.fromEntries(members),
};

/**
 * Reads a request's body. Objects have own keys only, `__proto__` among them: look keys up with `Object.hasOwn`.
 *
 * @throws SyntaxError when the text is no JSON, or is nested too deeply
 */
export function parseJsonBody(text: string): Json {
  return isHarmless(text) ? (JSON.parse(text) as Json) : readJson(text, shape);
}

/** The digits of a number of either kind; undefined for every other value, and for what is no number of JSON. */
export function numberText(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return isExactNumber(value) ? value.digits : undefined;
}

/** The value as JSON text, numbers with all their digits. */
export function jsonTextOf(value: Json): string {
  if (isExactNumber(value)) return value.digits;
  if (isJsonList(value)) return `[${value.map(jsonTextOf).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}:${jsonTextOf(member)}`)
    .join(',')}}`;
}
