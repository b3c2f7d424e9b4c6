/** Finds the ends of HTTP answers in what a connection receives: one answer at a time, nothing of its body is looked at. */

export interface AnswerReader {
  /** Takes received bytes; true when the answer is whole. Throws when it is none, or its status is neither 200 nor 204. */
  take(chunk: Buffer): boolean;
  /** The status of the last answer. */
  readonly status: number;
  /** Whether the server ends the connection with it. */
  readonly last: boolean;
  /** Bytes of all answers so far, heads included. */
  readonly bytes: number;
}

const headEnd = '\r\n\r\n';

/** Reads one answer after another; each must have been asked for after the one before was whole. With `anyStatus` none is refused. */
export function createAnswerReader({ anyStatus = false } = {}): AnswerReader {
  let bytes = 0;
  let status = 0;
  let last = false;
  /** Bytes of the body, or of the chunk with its line end, that are still to come. */
  let missing = 0;
  let state: 'head' | 'body' | 'chunks' | 'chunk' = 'head';
  let kept: Buffer | undefined;

  /** Reads a head that is whole; returns where the body begins, or -1. */
  function head(data: Buffer): number {
    const end = data.indexOf(headEnd);
    if (end === -1) return -1;
    const text = data.toString('latin1', 0, end);
    status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
    if (status === 0 || (!anyStatus && !text.startsWith('HTTP/1.1 20')))
      throw new Error(`The server answered: ${data.toString('utf8').slice(0, 600)}`);
    last = /\r\nconnection: close/i.test(text);
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    if (status === 204 || status === 304) {
      state = 'body';
      missing = 0;
    } else if (length === undefined) state = 'chunks';
    else {
      state = 'body';
      missing = Number(length);
    }
    return end + headEnd.length;
  }

  /** From the line of a chunk's size on; returns where to go on, -1 when the line is not whole, or -2 at the end of the answer. */
  function chunkHead(data: Buffer, at: number): number {
    const end = data.indexOf('\r\n', at);
    if (end === -1) return -1;
    const size = Number.parseInt(data.toString('latin1', at, end), 16);
    if (size === 0) return data.length >= end + 4 ? -2 : -1;
    state = 'chunk';
    missing = size + 2;
    return end + 2;
  }

  function whole(): true {
    state = 'head';
    missing = 0;
    return true;
  }

  return {
    get status() {
      return status;
    },
    get last() {
      return last;
    },
    get bytes() {
      return bytes;
    },
    take(chunk) {
      bytes += chunk.length;
      const data = kept === undefined ? chunk : Buffer.concat([kept, chunk]);
      kept = undefined;
      let at = 0;
      if (state === 'head') {
        at = head(data);
        if (at === -1) {
          kept = data;
          return false;
        }
      }
      for (;;) {
        if (state === 'body' || state === 'chunk') {
          const there = Math.min(missing, data.length - at);
          missing -= there;
          at += there;
          if (missing > 0) return false;
          if (state === 'body') return whole();
          state = 'chunks';
        }
        const next = chunkHead(data, at);
        if (next === -2) return whole();
        if (next === -1) {
          kept = data.subarray(at);
          return false;
        }
        at = next;
      }
    },
  };
}
