/** What the server knows of its own life: whether it is about to end, who asked for that, and what must be told when it does. */
import type { LongLived } from '../../surfaces/types.ts';

export interface Lifecycle {
  /** Whether the process was told to stop. */
  readonly draining: boolean;
  /** Notes that somebody asked whether the server is ready. */
  asked(): void;
  /** Whether somebody did so lately, who will notice when it is not. */
  isWatched(): boolean;
  readonly longLived: LongLived;
  /** How many long-lived connections there are. */
  open(): number;
  /** From now on the server is not ready; long-lived connections are ended. */
  drain(): void;
}

/** Milliseconds within which those who watch the readiness of a server ask again. */
const lately = 60_000;

/** The life of a server that has just begun. */
export function createLifecycle(): Lifecycle {
  const closers = new Set<() => void>();
  let draining = false;
  let lastAsked = Number.NEGATIVE_INFINITY;
  return {
    get draining() {
      return draining;
    },
    asked() {
      lastAsked = performance.now();
    },
    open: () => closers.size,
    isWatched: () => performance.now() - lastAsked < lately,
    longLived: {
      add(close) {
        if (draining) {
          close();
          return () => undefined;
        }
        closers.add(close);
        return () => void closers.delete(close);
      },
    },
    drain() {
      draining = true;
      for (const close of closers) {
        try {
          close();
        } catch {
          // One that cannot be told ends with the server; the others are to hear of it.
        }
      }
      closers.clear();
    },
  };
}
