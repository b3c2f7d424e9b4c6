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

/** Runs in the server's own way before the other is tried at all. */
const runsAlone = 16;
/** Runs of each way, in turns, of which the later half counts: on each connection the first run of the one plan makes it. */
const runsOfEach = 128;
/** Runs of a turn: a connection is set anew with each, and a busy moment must not fall on one way alone. */
const turn = 4;
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
  /** What it was found to be planned best by; undefined while both ways are compared. */
  settled: PlanMode | undefined;
  /** Milliseconds of the runs that are compared. */
  samples: Record<PlanMode, number[]>;
  /** Runs chosen for the comparison, of which some may be under way. */
  begun: number;
  sum: number;
  runs: number;
  /** Of the server's own way: the mean. */
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

function compare(choice: Choice): void {
  choice.settled = undefined;
  choice.samples = { auto: [], generic: [] };
  choice.begun = 0;
}

function keep(choice: Choice): void {
  choice.settled = 'generic';
  choice.samples = { auto: [], generic: [] };
  choice.sum = 0;
  choice.runs = 0;
}

function rest(choice: Choice, now: number): void {
  choice.settled = 'auto';
  choice.samples = { auto: [], generic: [] };
  choice.restsUntil = now + choice.rest;
  choice.rest = Math.min(choice.rest * 2, longestRest);
}

/** The way of the next run that is compared. */
function next(choice: Choice): PlanMode {
  if (choice.samples.auto.length < runsAlone) return 'auto';
  choice.begun += 1;
  return Math.floor(choice.begun / turn) % 2 === 0 ? 'generic' : 'auto';
}

function learn(choice: Choice, mode: PlanMode, took: number, now: number): void {
  const { auto, generic } = choice.samples;
  choice.samples[mode].push(took);
  if (mode === 'auto' && auto.length === runsAlone) {
    choice.mean = meanOf(auto);
    if (middle(auto) > short) rest(choice, now);
    return;
  }
  if (auto.length < runsOfEach || generic.length < runsOfEach) return;
  const [own, one] = [auto, generic].map((samples) => samples.slice(samples.length >> 1)) as [number[], number[]];
  choice.mean = meanOf(own);
  if (middle(one) <= middle(own) * 1.05 + 0.02 && meanOf(one) <= choice.mean * 1.3 + 0.2) keep(choice);
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
  if (choice.sum / choice.runs > choice.mean * 2 + 2) compare(choice);
  else keep(choice);
}

/** Of the statements of one database. `clock` tells milliseconds. */
export function createPlanChoices(clock: () => number = () => performance.now()): PlanChoices {
  const choices = new LRUCache<string, Choice>({ max: 2000, maxSize: 8_000_000, sizeCalculation: (_, text) => text.length + 500 });
  const current = (text: string): Choice | undefined => {
    const choice = choices.get(text);
    if (choice?.settled === 'auto' && clock() >= choice.restsUntil) compare(choice);
    return choice;
  };
  return {
    choose(text) {
      const choice = current(text);
      return choice ? (choice.settled ?? next(choice)) : 'auto';
    },
    isSettled: (text) => current(text)?.settled !== undefined,
    note(text, mode, took) {
      let choice = choices.get(text);
      if (!choice) {
        const samples = { auto: [], generic: [] };
        choice = { settled: undefined, samples, begun: 0, sum: 0, runs: 0, mean: 0, rest: firstRest, restsUntil: 0 };
        choices.set(text, choice);
      }
      if (choice.settled === 'auto') return;
      if (mode === 'generic' && isBad(choice, took)) {
        choice.rest = Math.max(choice.rest, badRest);
        rest(choice, clock());
      } else if (!choice.settled) learn(choice, mode, took, clock());
      else if (mode === 'generic') watch(choice, took);
    },
  };
}
