/** The words, quoted names, texts and groups of a piece of SQL, as far as a table's definition has to be taken apart. */

export interface Token {
  /** A group is all that stands between two parentheses, with them. */
  readonly kind: 'word' | 'name' | 'text' | 'group' | 'sign';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const closing: Readonly<Record<string, string>> = { '"': '"', '`': '`', "'": "'", '[': ']' };
const word = /[\w$.\u0080-\uffff]+/y;
const comment = /--[^\n]*|\/\*[\s\S]*?\*\//y;

/** The end of what is quoted from `start` on; a doubled quote is one of its characters. */
function quotedEnd(text: string, start: number): number {
  const close = closing[text[start] ?? ''] ?? '';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] !== close) continue;
    if (close === ']' || text[at + 1] !== close) return at + 1;
    at += 1;
  }
  return text.length;
}

function matchEnd(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function groupEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const character = text[at] ?? '';
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return at + 1;
    at = character in closing ? quotedEnd(text, at) : (matchEnd(comment, text, at) ?? at + 1);
  }
  return text.length;
}

/** Comments and blanks are left out. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? '';
    const skipped = /\s/.test(character) ? at + 1 : matchEnd(comment, text, at);
    if (skipped !== undefined) {
      at = skipped;
      continue;
    }
    const wordEnd = matchEnd(word, text, at);
    const quoted = character in closing;
    const end = wordEnd ?? (quoted ? quotedEnd(text, at) : character === '(' ? groupEnd(text, at) : at + 1);
    const kind = wordEnd ? 'word' : character === "'" ? 'text' : quoted ? 'name' : character === '(' ? 'group' : 'sign';
    tokens.push({ kind, text: text.slice(at, end), start: at, end });
    at = end;
  }
  return tokens;
}

/** The text between commas that stand in no group and in no quotes. */
export function commaParts(text: string): string[] {
  const commas = tokensOf(text).filter((token) => token.kind === 'sign' && token.text === ',');
  const ends = [...commas.map(({ start }) => start), text.length];
  return ends.map((end, i) => text.slice(i === 0 ? 0 : (commas[i - 1]?.end ?? 0), end));
}

/** A name without its quotes. */
export function unquoted({ kind, text }: Token): string {
  if (kind !== 'name') return text;
  const quote = text[0] ?? '';
  const inner = text.slice(1, -1);
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote);
}
