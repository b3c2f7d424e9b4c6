/** JSON written as text, without a value in between. */

/** Anything but printable characters that stand for themselves: control characters, the quote and the backslash. */
const escaped = /[^ !#-[\]-\uffff]/;
/** Beyond this the engine's own writer is faster than looking first. */
const longestLook = 4096;

/** A text that is JSON already, such as a number. */
export function asItIs(text: string): string {
  return text;
}

/** Whether a text needs no escape to stand between quotes; of a very long one that is not known. */
export function isPlain(text: string): boolean {
  return text.length <= longestLook && !escaped.test(text);
}

/** A text as a JSON string. */
export function quoted(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text);
}

/** A text of which it is known that nothing in it needs an escape, such as a date. */
export function enclosed(text: string): string {
  return `"${text}"`;
}

/** JSON that somebody else wrote, in one line: raw line breaks can only stand between tokens. */
export function oneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replace(/[\r\n]+/g, ' ') : json;
}

/** A stored text that is JSON, in one line; `null` for one that is not. */
export function storedJson(text: string): string {
  try {
    JSON.parse(text);
    return oneLine(text);
  } catch {
    return 'null';
  }
}
