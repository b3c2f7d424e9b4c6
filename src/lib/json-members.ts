/** The members of a JSON object's text and the items of a list's, each as the text it is: nothing is decoded, so numbers keep their digits. */
import { closingQuote } from './json-strings.ts';

const quote = 34;
const comma = 44;
const colon = 58;

const opens = (code: number): boolean => code === 123 || code === 91;
const closes = (code: number): boolean => code === 125 || code === 93;

/** Where the string that begins at `from` ends, behind its quote. */
function stringEnd(text: string, from: number): number {
  const end = closingQuote(text, from);
  if (end !== undefined) return end + 1;
  throw new SyntaxError('A string of a JSON text has no end');
}

/** Where the list or object that begins at `from` ends, behind its bracket. */
function groupEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = stringEnd(text, at) - 1;
    else if (opens(code)) depth += 1;
    else if (closes(code)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new SyntaxError('A JSON text has no end');
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === comma || code <= 32 || closes(code)) break;
    at += 1;
  }
  return at;
}

function valueEnd(text: string, from: number): number {
  const code = text.charCodeAt(from);
  if (code === quote) return stringEnd(text, from);
  return opens(code) ? groupEnd(text, from) : wordEnd(text, from);
}

function blanksEnd(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 32) at += 1;
  return at;
}

/** What is told a member; true for having heard enough. */
type Listener = (key: string, value: string) => true | undefined;

/**
 * Tells `each` the members of the object in order, until it has heard enough: the key as it stands between its quotes, and the value's text.
 *
 * @throws SyntaxError where the text is no JSON object
 */
export function eachMember(text: string, each: Listener): void {
  let at = blanksEnd(text, 0);
  if (text[at] !== '{') throw new SyntaxError('This JSON text is no object');
  at = blanksEnd(text, at + 1);
  if (text[at] === '}') return;
  for (;;) {
    if (text.charCodeAt(at) !== quote) throw new SyntaxError('A member of a JSON object has no key');
    const keyEnd = stringEnd(text, at);
    const key = text.slice(at + 1, keyEnd - 1);
    at = blanksEnd(text, keyEnd);
    if (text.charCodeAt(at) !== colon) throw new SyntaxError('A member of a JSON object has no value');
    at = blanksEnd(text, at + 1);
    const end = valueEnd(text, at);
    if (end === at) throw new SyntaxError('A member of a JSON object has no value');
    if (each(key, text.slice(at, end)) === true) return;
    at = blanksEnd(text, end);
    if (text[at] === '}') return;
    if (text.charCodeAt(at) !== comma) throw new SyntaxError('A JSON object has no end');
    at = blanksEnd(text, at + 1);
  }
}

/**
 * Tells `each` the texts of the list's items in order.
 *
 * @throws SyntaxError where the text is no JSON list
 */
export function eachItem(text: string, each: (item: string) => void): void {
  let at = blanksEnd(text, 0);
  if (text[at] !== '[') throw new SyntaxError('This JSON text is no list');
  at = blanksEnd(text, at + 1);
  if (text[at] === ']') return;
  for (;;) {
    const end = valueEnd(text, at);
    if (end === at) throw new SyntaxError('A JSON list lacks an item');
    each(text.slice(at, end));
    at = blanksEnd(text, end);
    if (text[at] === ']') return;
    if (text.charCodeAt(at) !== comma) throw new SyntaxError('A JSON list has no end');
    at = blanksEnd(text, at + 1);
  }
}
