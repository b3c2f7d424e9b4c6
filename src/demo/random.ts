/** Chance that always falls the same way, so that every demo has the same rows. */

export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** Some of the list, in its order, none twice. */
  some<T>(list: readonly T[], count: number): T[];
  /** True in about `percent` of a hundred cases. */
  chance(percent: number): boolean;
}

/** A generator of its own for each subject: more rows of one table do not change the rows of another. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  // Mulberry32, in the public domain: 32-bit arithmetic only, so it is the same everywhere.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[between(0, list.length - 1)];
    if (chosen === undefined) throw new RangeError('Nothing to choose from');
    return chosen;
  };
  return {
    between,
    pick,
    some: (list, count) => {
      const left = list.map((_, i) => i);
      while (left.length > count) left.splice(between(0, left.length - 1), 1);
      const kept = new Set(left);
      return list.filter((_, i) => kept.has(i));
    },
    chance: (percent) => between(1, 100) <= percent,
  };
}

/** Whole cents as a decimal text: sums stay exact. */
export function money(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** The day that many days after the first of January 2025, as `YYYY-MM-DD`. */
export function day(days: number): string {
  return new Date(Date.UTC(2025, 0, 1) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A time on that day, as `YYYY-MM-DD HH:MM:SS`. */
export function moment(days: number, second: number): string {
  return `${day(days)} ${new Date(second * 1000).toISOString().slice(11, 19)}`;
}
