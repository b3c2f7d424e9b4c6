/**
 * Texts that come one by one and leave in one piece, with commas between them. A long one is turned into bytes on the way: thousands of
 * short strings kept until the end would cost the collector more than writing them cost. One that is not long stays a text until it
 * leaves; it does so as bytes unless it is short, since whoever prints, measures and writes a text puts it into bytes each time.
 */

/** Characters that are gathered as text before they become bytes. */
const gathered = 24_576;
/** Characters up to which a text costs less than its bytes. */
const short = 2048;

export interface JoinedTexts {
  readonly count: number;
  /** The whole, between `head` and `tail`. */
  between(head: string, tail: string): string | Buffer;
  /** The whole in pieces, in order: one, after `between`. */
  each(take: (piece: string | Buffer) => void): void;
}

export interface TextJoiner extends JoinedTexts {
  add(text: string): void;
  /** Forgets what was added. */
  clear(): void;
}

/** What texts are added to, one by one. */
export const joinTexts = (): TextJoiner => new Joiner();

/** A class, for there is one of every read: an object with functions of its own costs more than the rows of a small one. */
class Joiner implements TextJoiner {
  count = 0;
  #text = '';
  #bytes: Buffer[] = [];

  add(next: string): void {
    this.#text += this.count === 0 ? next : `,${next}`;
    this.count += 1;
    if (this.#text.length < gathered) return;
    this.#bytes.push(Buffer.from(this.#text));
    this.#text = '';
  }

  clear(): void {
    this.count = 0;
    this.#text = '';
    this.#bytes = [];
  }

  each(take: (piece: string | Buffer) => void): void {
    for (const piece of this.#bytes) take(piece);
    if (this.#text !== '' || this.#bytes.length === 0) take(this.#text);
  }

  between(head: string, tail: string): string | Buffer {
    if (this.#bytes.length === 0 && this.#text.length <= short) return head + this.#text + tail;
    const whole =
      this.#bytes.length === 0
        ? Buffer.from(head + this.#text + tail)
        : Buffer.concat([Buffer.from(head), ...this.#bytes, Buffer.from(this.#text + tail)]);
    this.#bytes = [whole.subarray(Buffer.byteLength(head), whole.length - Buffer.byteLength(tail))];
    this.#text = '';
    return whole;
  }
}
