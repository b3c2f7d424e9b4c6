/** JSON read without losing anything: numbers stay the text that stands there, objects keep every key. */
import { closingQuote } from './json-strings.ts';

/** What the parts of a JSON text become; a SyntaxError thrown here is a fault of the text. */
export interface JsonShape<Value> {
  text(text: string): Value;
  /** As it stands there. */
  number(digits: string): Value;
  word(word: boolean | null): Value;
  list(values: Value[]): Value;
  /** In the order of the text; a key may stand there twice. */
  object(members: [key: string, value: Value][]): Value;
}

/** A number is its text. */
export type ExactJson = string | boolean | null | readonly ExactJson[] | ExactMap;
/** A Map has no prototype for a key to reach. */
export type ExactMap = ReadonlyMap<string, ExactJson>;

/** Levels of lists and objects inside each other. */
export const deepestJson = 100;

const blank = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const words: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Reads a JSON text into values of the caller's own.
 *
 * @throws SyntaxError with the sentence about what is wrong with it
 */
export function readJson<Value>(text: string, shape: JsonShape<Value>): Value {
  let at = 0;

  function fail(what: string): never {
    throw new SyntaxError(what);
  }

  function taken(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  /** Whether that character comes next; then it is passed. */
  function passed(character: string): boolean {
    taken(blank);
    if (text[at] !== character) return false;
    at++;
    return true;
  }

  /** What comes next has no place there. */
  function misplaced(): never {
    return fail(at >= text.length ? 'it ends too early' : `character ${at + 1}, ${text[at]}, does not belong there`);
  }

  function expect(...characters: readonly string[]): string {
    return characters.find(passed) ?? misplaced();
  }

  function quoted(): string | undefined {
    const start = at;
    const end = text[at] === '"' ? closingQuote(text, at) : undefined;
    if (end === undefined) return undefined;
    at = end + 1;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return fail(`the text from character ${start + 1} on is broken`);
    }
  }

  function list(depth: number): Value {
    const found: Value[] = [];
    if (passed(']')) return shape.list(found);
    do found.push(value(depth));
    while (expect(',', ']') === ',');
    return shape.list(found);
  }

  function object(depth: number): Value {
    const found: [string, Value][] = [];
    if (passed('}')) return shape.object(found);
    do {
      taken(blank);
      const key = quoted() ?? misplaced();
      expect(':');
      found.push([key, value(depth)]);
    } while (expect(',', '}') === ',');
    return shape.object(found);
  }

  function value(depth: number): Value {
    if (depth > deepestJson) fail(`it has more than ${deepestJson} levels`);
    if (passed('{')) return object(depth + 1);
    if (passed('[')) return list(depth + 1);
    const read = quoted();
    if (read !== undefined) return shape.text(read);
    const digits = taken(number);
    if (digits !== undefined) return shape.number(digits);
    for (const [word, meaning] of words) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      return shape.word(meaning);
    }
    return misplaced();
  }

  const found = value(1);
  taken(blank);
  if (at < text.length) misplaced();
  return found;
}

const same = <Value>(value: Value): Value => value;

/** No key may stand twice. */
function mapOf(members: [string, ExactJson][]): ExactMap {
  const found = new Map<string, ExactJson>();
  for (const [key, value] of members) {
    if (found.has(key)) throw new SyntaxError(`the key "${key}" stands twice in one object`);
    found.set(key, value);
  }
  return found;
}

const exact: JsonShape<ExactJson> = { text: same, number: same, word: same, list: same, object: mapOf };

/** The value of a JSON text, or the sentence about what is wrong with it. */
export function parseExactJson(text: string): { readonly value: ExactJson } | { readonly fault: string } {
  try {
    return { value: readJson(text, exact) };
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: error.message };
    throw error;
  }
}
