/** Which statements have shown that they are over soon: they may travel together with others, which wait for them. */
import { LRUCache } from 'lru-cache';

export interface QuickStatements {
  is(text: string): boolean;
  /** Tells how long one took, in milliseconds; endless where it failed. */
  note(text: string, took: number): void;
}

/** A statement is believed after so many runs in a row. */
const enough = 32;
/** Milliseconds that they take on average at most, on a machine as busy as it is. */
const mean = 4;
/** One that takes longer has everything to show again: others may have waited for it. */
export const slow = 40;

interface Pace {
  runs: number;
  took: number;
}

/** Of one database. */
export function createQuickStatements(): QuickStatements {
  const paces = new LRUCache<string, Pace>({ max: 2000, maxSize: 8_000_000, sizeCalculation: (_, text) => text.length + 100 });
  return {
    is(text) {
      const pace = paces.get(text);
      return pace !== undefined && pace.runs >= enough && pace.took <= mean;
    },
    note(text, took) {
      const pace = paces.get(text);
      if (!pace) return void paces.set(text, { runs: 1, took });
      if (took > slow) {
        pace.runs = 0;
        return;
      }
      pace.runs += 1;
      pace.took += (took - pace.took) / Math.min(pace.runs, enough);
    },
  };
}
