/**
 * Texts that come one by one and leave in one piece, with commas between them. A long one is turned into bytes on the way: thousands of
 * short strings kept until the end would cost the collector more than writing them cost. One that is not long stays a text, which the
 * server writes without a copy.
 */

/** Characters that are gathered as text before they become bytes. */
const gathered = 24_576;

export interface JoinedTexts {
  readonly count: number;
  /** The whole, as long as it is one text. */
  readonly whole: string | undefined;
  /** The whole, between `head` and `tail`. */
  between(head: string, tail: string): string | Buffer;
  /** The whole in pieces, in order. */
  each(take: (piece: string | Buffer) => void): void;
}

export interface TextJoiner extends JoinedTexts {
  add(text: string): void;
  /** Forgets what was added. */
  clear(): void;
}

export function joinTexts(): TextJoiner {
  let count = 0;
  let text = '';
  let bytes: Buffer[] = [];
  return {
    add(next) {
      text += count === 0 ? next : `,${next}`;
      count += 1;
      if (text.length < gathered) return;
      bytes.push(Buffer.from(text));
      text = '';
    },
    clear() {
      count = 0;
      text = '';
      bytes = [];
    },
    each(take) {
      for (const piece of bytes) take(piece);
      take(text);
    },
    get count() {
      return count;
    },
    get whole() {
      return bytes.length === 0 ? text : undefined;
    },
    between(head, tail) {
      if (bytes.length === 0) return head + text + tail;
      return Buffer.concat([Buffer.from(head), ...bytes, Buffer.from(text + tail)]);
    },
  };
}
