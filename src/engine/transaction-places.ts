/**
 * Places for transactions: all connections of a pool but one. Where every other one waits for the lock of somebody else, what only reads has
 * that one.
 */
import { busy } from '../dialect/lend.ts';
import { createSemaphore } from '../lib/semaphore.ts';

/** Milliseconds without a transaction that ended after which waiting is vain, and at most: as for a connection. */
const patience = 10_000;
const longest = 30_000;

/** The place of one transaction, however often that is tried. */
export interface Place {
  /** Takes it, where one is free or this is taken already; else there is none. */
  take(): boolean;
  /** Waits until it is this one's turn. Throws database_unavailable when it is in vain. */
  wait(): Promise<void>;
  /** To be called in the end, whether it was taken or not. */
  leave(): void;
}

export interface Places {
  /** Whether some wait for theirs: whoever comes then stands behind them. */
  isCrowded(): boolean;
  one(): Place;
}

/** The places in a pool of that size. One of two connections would be few: there both are for whoever comes. */
export function createPlaces(size: number): Places {
  const most = Math.min(size > 2 ? size - 1 : size, Number.MAX_SAFE_INTEGER);
  const turns = createSemaphore({ count: most, patience, longest, refusal: busy });
  return {
    isCrowded: () => turns.usage().waiting > 0,
    one() {
      let taken = false;
      return {
        take() {
          if (!taken && turns.usage().taken < most) {
            void turns.acquire();
            taken = true;
          }
          return taken;
        },
        async wait() {
          if (!taken) await turns.acquire();
          taken = true;
        },
        leave() {
          if (taken) turns.release();
          taken = false;
        },
      };
    },
  };
}
