/** Figures out of measurements. */

/** The middle one; of an even number the mean of both in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const high = sorted[upper] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] ?? Number.NaN) + high) / 2;
}

/** The median where every value is known. */
export function medianKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length && known.length > 0 ? median(known) : undefined;
}

/** How far apart the values lie, as a share of their median. */
export function spreadOf(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** What one server did in one case. CPU in milliseconds per request, undefined where it cannot be known. */
export interface Figures {
  readonly perSecond: number;
  /** Between the best and the worst round, as a share. */
  readonly spread: number;
  /** Milliseconds, at one connection. */
  readonly latency: number;
  readonly serverCpu: number;
  readonly databaseCpu: number | undefined;
  /** Of the load itself: nobody's cost, but it shares the machine. */
  readonly loadCpu: number;
}

/** What is compared: server and database. */
export function totalCpu({ serverCpu, databaseCpu }: Figures): number | undefined {
  return databaseCpu === undefined ? undefined : serverCpu + databaseCpu;
}

/** How many cores were at work under load. Near the number that the machine has, the machine is what limits. */
export function coresBusy(figures: Figures): number | undefined {
  const total = totalCpu(figures);
  return total === undefined ? undefined : ((total + figures.loadCpu) * figures.perSecond) / 1000;
}

export type Round = Omit<Figures, 'spread'>;

/** The medians of some rounds. */
export function figuresOf(rounds: readonly Round[]): Figures {
  const rates = rounds.map((round) => round.perSecond);
  return {
    perSecond: median(rates),
    spread: spreadOf(rates),
    latency: median(rounds.map((round) => round.latency)),
    serverCpu: median(rounds.map((round) => round.serverCpu)),
    databaseCpu: medianKnown(rounds.map((round) => round.databaseCpu)),
    loadCpu: median(rounds.map((round) => round.loadCpu)),
  };
}

/** Of the two yardsticks the better one is the one with more requests a second. */
export function better<T extends Figures>(first: T, second: T): T {
  return second.perSecond > first.perSecond ? second : first;
}

/** What is wanted: at least this share of the better one's requests a second, and at most this many times its total CPU. */
export const wanted = { perSecond: 0.8, cpu: 1.3 } as const;

export interface Ratios {
  readonly perSecond: number;
  readonly cpu: number | undefined;
  /** To the yardstick that uses less CPU, whichever it is; said, not demanded. */
  readonly leastCpu: number | undefined;
  readonly met: boolean;
}

/** Compares with the two yardsticks. */
export function ratios(own: Figures, first: Figures, second: Figures): Ratios {
  const best = better(first, second);
  const [total, of, other] = [totalCpu(own), totalCpu(best), totalCpu(best === first ? second : first)];
  const cpu = total === undefined || of === undefined ? undefined : total / of;
  const leastCpu = total === undefined || of === undefined || other === undefined ? undefined : total / Math.min(of, other);
  const perSecond = own.perSecond / best.perSecond;
  return { perSecond, cpu, leastCpu, met: perSecond >= wanted.perSecond && (cpu === undefined || cpu <= wanted.cpu) };
}
