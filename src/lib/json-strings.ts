/** Where the strings of a JSON text end; by position and not by a pattern, as one may be larger than the stack of the pattern matcher. */

const backslash = 92;

/** The index of the quote that ends the string whose opening quote is at `from`; undefined where it has no end. */
export function closingQuote(text: string, from: number): number | undefined {
  for (let end = text.indexOf('"', from + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return undefined;
}

/** How many lists and objects are inside each other in a text that is JSON. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) at = closingQuote(text, at) ?? text.length;
    else if (code === 123 || code === 91) {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return deepest;
}
