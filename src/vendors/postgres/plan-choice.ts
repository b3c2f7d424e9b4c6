/**
 * How statements that repeat are planned. By itself PostgreSQL plans most of them anew for each set of values, as it counts planning for
 * next to nothing; of a short read it is more than half of the work. One plan for all values may be far worse for some of them, though.
 * So both are tried and measured, and the one plan is kept for as long as it costs no more.
 */
import { LRUCache } from 'lru-cache';

/** `auto`: as the server likes it. `generic`: by one plan for all values (`plan_cache_mode`). */
export type PlanMode = 'auto' | 'generic';

export interface PlanChoices {
  /** How a statement is planned this time. */
  choose(text: string): PlanMode;
  /** Whether it is known how it is planned best, so that it need not be measured for now. */
  isSettled(text: string): boolean;
  /** Tells how long that took, in milliseconds; to a failure as well. */
  note(text: string, mode: PlanMode, took: number): void;
}

/** Runs that are measured before the other way is tried. */
const runsOfServer = 64;
/** Twice as many, of which the later half counts: on each connection the first run makes the plan. */
const runsOfGeneric = 128;
/** Where a run takes longer than this, planning is not what it takes long for. */
const short = 50;
/** Of so many runs the mean is looked at. */
const windowRuns = 64;
/** Milliseconds until what did not prove better is tried again, each time twice as long: the machine may have been busy. */
const firstRest = 30_000;
/** The same of what did badly. */
const badRest = 600_000;
const longestRest = 86_400_000;

interface Choice {
  mode: PlanMode;
  /** Being compared with the other way, or kept. */
  settled: boolean;
  samples: number[];
  sum: number;
  runs: number;
  /** Of the server's own way: the median, and the mean. */
  median: number;
  mean: number;
  rest: number;
  restsUntil: number;
}

function middle(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;
}

/** Without the slowest eighth, which are those of a busy process. */
function meanOf(samples: readonly number[]): number {
  const kept = samples.toSorted((a, b) => a - b).slice(0, Math.ceil(samples.length * 0.875));
  return kept.reduce((sum, one) => sum + one, 0) / Math.max(1, kept.length);
}

function start(choice: Choice, mode: PlanMode, settled: boolean): void {
  choice.mode = mode;
  choice.settled = settled;
  choice.samples = [];
  choice.sum = 0;
  choice.runs = 0;
}

function rest(choice: Choice, now: number): void {
  start(choice, 'auto', true);
  choice.restsUntil = now + choice.rest;
  choice.rest = Math.min(choice.rest * 2, longestRest);
}

function learn(choice: Choice, took: number, now: number): void {
  choice.samples.push(took);
  if (choice.mode === 'auto') {
    if (choice.samples.length < runsOfServer) return;
    choice.median = middle(choice.samples);
    choice.mean = meanOf(choice.samples);
    if (choice.median > short) rest(choice, now);
    else start(choice, 'generic', false);
    return;
  }
  if (choice.samples.length < runsOfGeneric) return;
  const later = choice.samples.slice(runsOfGeneric / 2);
  const good = middle(later) <= choice.median * 1.05 + 0.02 && meanOf(later) <= choice.mean * 1.3 + 0.2;
  if (good) start(choice, 'generic', true);
  else rest(choice, now);
}

/** Whether the one plan did badly by some values. */
function isBad(choice: Choice, took: number): boolean {
  return took > choice.mean * 20 + 250;
}

function watch(choice: Choice, took: number): void {
  choice.sum += took;
  choice.runs += 1;
  if (choice.runs < windowRuns) return;
  // The machine may be busier than it was: both are measured again.
  if (choice.sum / choice.runs > choice.mean * 2 + 2) start(choice, 'auto', false);
  else start(choice, 'generic', true);
}

/** Of the statements of one database. `clock` tells milliseconds. */
export function createPlanChoices(clock: () => number = () => performance.now()): PlanChoices {
  const choices = new LRUCache<string, Choice>({ max: 2000, maxSize: 8_000_000, sizeCalculation: (_, text) => text.length + 500 });
  const current = (text: string): Choice | undefined => {
    const choice = choices.get(text);
    if (choice?.settled && choice.mode === 'auto' && clock() >= choice.restsUntil) start(choice, 'auto', false);
    return choice;
  };
  return {
    choose: (text) => current(text)?.mode ?? 'auto',
    isSettled: (text) => current(text)?.settled ?? false,
    note(text, mode, took) {
      let choice = choices.get(text);
      if (!choice) {
        const samples: number[] = [];
        choice = { mode: 'auto', settled: false, samples, sum: 0, runs: 0, median: 0, mean: 0, rest: firstRest, restsUntil: 0 };
        choices.set(text, choice);
      }
      // One that was under way when the choice fell.
      if (choice.mode !== mode) return;
      if (mode === 'generic' && isBad(choice, took)) {
        choice.rest = Math.max(choice.rest, badRest);
        rest(choice, clock());
      } else if (!choice.settled) learn(choice, took, clock());
      else if (mode === 'generic') watch(choice, took);
    },
  };
}
