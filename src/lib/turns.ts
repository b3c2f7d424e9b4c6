/** Turns at something of which there are a few: first come, first served. Whoever waits gives up when nothing moves, not because many wait. */

export interface TurnOptions {
  /** How many may have their turn at once. */
  readonly count: number;
  /** Milliseconds without anybody's turn having ended after which waiting is vain. */
  readonly patience: number;
  /** Milliseconds that anybody waits at most. */
  readonly longest: number;
  /** What is thrown then. */
  readonly refusal: () => Error;
}

export interface Turns {
  /** Undefined when it is one's turn at once. */
  take(): Promise<void> | undefined;
  /** Ends a turn; to be called once for each. */
  done(): void;
  /** How many have their turn now, and how many wait for theirs. */
  usage(): { readonly taken: number; readonly waiting: number };
}

interface Waiter {
  readonly go: () => void;
  timer: NodeJS.Timeout | undefined;
}

export function createTurns({ count, patience, longest, refusal }: TurnOptions): Turns {
  const waiting = new Set<Waiter>();
  let free = count;
  let moved = 0;

  function wait(): Promise<void> {
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { go: resolve, timer: undefined };
      const look = (): void => {
        const now = performance.now();
        const until = Math.min(Math.max(since, moved) + patience, since + longest);
        if (now < until) {
          waiter.timer = setTimeout(look, until - now + 1);
          return;
        }
        waiting.delete(waiter);
        reject(refusal());
      };
      waiting.add(waiter);
      look();
    });
  }

  return {
    take() {
      if (free === 0) return wait();
      free -= 1;
      return undefined;
    },
    done() {
      moved = performance.now();
      const [next] = waiting;
      if (!next) {
        free += 1;
        return;
      }
      waiting.delete(next);
      clearTimeout(next.timer);
      next.go();
    },
    usage: () => ({ taken: count - free, waiting: waiting.size }),
  };
}
