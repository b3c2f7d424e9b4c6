/** What waits for one reader, in order and never more than a number of it. */
import { GatewayError } from '../lib/errors.ts';

/** Characters that wait for one reader, however few changes they are. */
const mostCharacters = 8_000_000;

export interface Queue<T> {
  /** Adds to the end; a reader who is too far behind is cut off with an error instead. */
  push(one: T, characters: number): void;
  /** Ends it behind what waits, or at once with an error. */
  end(error?: Error): void;
  /** Everything in order, until the end. Throws the error that it was ended with. Its `return` ends the queue at once, whatever it waits for. */
  read(): AsyncGenerator<T, void, void>;
}

/** A generator whose `return` first has what it waits for end: by itself it would wait for the next item before it returns. */
export function endedAtOnce<T>(generator: AsyncGenerator<T, void, void>, end: () => void): AsyncGenerator<T, void, void> {
  const ended = generator.return.bind(generator);
  return Object.assign(generator, {
    return() {
      end();
      return ended();
    },
  });
}

export interface QueueOptions {
  /** What may wait. */
  readonly most: number;
  /** Called once, when nothing more is taken. */
  readonly ended: () => void;
  /** Called when the reader is too far behind: he may not notice by himself. */
  readonly cut: () => void;
}

/** An empty queue. */
export function createQueue<T>({ most, ended, cut }: QueueOptions): Queue<T> {
  let waiting: [T, number][] = [];
  let characters = 0;
  let over = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  const end = (error?: Error): void => {
    if (over) return;
    over = true;
    failure = error;
    if (error) waiting = [];
    wake?.();
    ended();
  };

  return {
    push(one, size) {
      if (over) return;
      waiting.push([one, size]);
      characters += size;
      if (waiting.length > most || characters > mostCharacters) {
        end(new GatewayError('busy', { message: 'This feed is read too slowly and was cut off; take it up again from the last position' }));
        return cut();
      }
      wake?.();
    },
    end,
    read: () =>
      endedAtOnce(all(), () => {
        waiting = [];
        end();
      }),
  };

  async function* all(): AsyncGenerator<T, void, void> {
    try {
      for (;;) {
        const next = waiting.shift();
        if (next) {
          characters -= next[1];
          yield next[0];
        } else if (over) break;
        else {
          await new Promise<void>((done) => {
            wake = done;
          });
        }
      }
      if (failure) throw failure;
    } finally {
      end();
    }
  }
}
