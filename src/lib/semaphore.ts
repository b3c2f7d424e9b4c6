/** Turns at something of which there are a few: first come, first served. Whoever waits gives up when nothing moves, not because many wait. */

export interface SemaphoreOptions {
  /** How many may have their turn at once. */
  readonly count: number;
  /** Milliseconds without anybody's turn having ended after which waiting is vain. */
  readonly patience: number;
  /** Milliseconds that anybody waits at most. */
  readonly longest: number;
  /** What is thrown then. */
  readonly refusal: () => Error;
}

/** `Handed` is what one may pass on to who comes next. */
export interface Semaphore<Handed = never> {
  /** Undefined when it is one's turn at once; else resolves when it is, with what was passed on. */
  acquire(): Promise<Handed | undefined> | undefined;
  /** Ends a turn; to be called once for each. */
  release(handed?: Handed): void;
  /** How many have their turn now, and how many wait for theirs. */
  usage(): { readonly taken: number; readonly waiting: number };
}

interface Waiter<Handed> {
  readonly since: number;
  readonly go: (handed: Handed | undefined) => void;
  readonly giveUp: (error: Error) => void;
}

/** A semaphore of which nothing is taken. */
export function createSemaphore<Handed = never>({ count, patience, longest, refusal }: SemaphoreOptions): Semaphore<Handed> {
  /** In order, so that the first is also the first to give up: one timer serves all. */
  const waiting = new Set<Waiter<Handed>>();
  let timer: NodeJS.Timeout | undefined;
  let free = count;
  let moved = 0;

  function look(): void {
    timer = undefined;
    const now = performance.now();
    for (const waiter of waiting) {
      const until = Math.min(Math.max(waiter.since, moved) + patience, waiter.since + longest);
      if (now < until) {
        timer = setTimeout(look, until - now + 1);
        return;
      }
      waiting.delete(waiter);
      waiter.giveUp(refusal());
    }
  }

  function wait(): Promise<Handed | undefined> {
    return new Promise((go, giveUp) => {
      waiting.add({ since: performance.now(), go, giveUp });
      if (!timer) look();
    });
  }

  return {
    acquire() {
      if (free === 0) return wait();
      free -= 1;
      return undefined;
    },
    release(handed) {
      moved = performance.now();
      const [next] = waiting;
      if (!next) {
        free += 1;
        return;
      }
      waiting.delete(next);
      if (waiting.size === 0) {
        clearTimeout(timer);
        timer = undefined;
      }
      next.go(handed);
    },
    usage: () => ({ taken: count - free, waiting: waiting.size }),
  };
}
