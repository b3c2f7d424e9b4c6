/** The end of the activity: what has been added to it since the last look, and which ids may still appear. */
import type { ReadContext } from '../engine/read.ts';
import { entriesAfter, entriesOf, newestEntries, page } from './activity-log.ts';

type Reading = Omit<ReadContext, 'actor'>;
type Entry = Awaited<ReturnType<typeof entriesAfter>>[number];

/** Milliseconds for which an id that is missing may still appear: no transaction of ours takes as long between its entry and its end. */
const patience = 60_000;
/** Ids looked for at most; a jump that is larger was no transaction of ours. */
const most = 5_000;
/** Entries before the first look among which there may be such ids. */
const before = 100;

interface Look {
  readonly entries: readonly Entry[];
  /** Everything up to this one has been seen, as far as that can be known. */
  readonly settled: number;
  /** Whether there may be more at once. */
  readonly more: boolean;
  /** Takes it for seen; without it the next look gives the same again. */
  keep(): void;
}

export interface Tail {
  /** The newest entry that was seen. */
  readonly end: number;
  /** Everything up to this one has been seen, as far as that can be known. */
  readonly settled: number;
  look(reading: Reading): Promise<Look>;
}

function settledOf(end: number, open: ReadonlyMap<number, number>): number {
  let settled = end;
  for (const id of open.keys()) settled = Math.min(settled, id - 1);
  return settled;
}

/** Begins behind what is there now. */
export async function openTail(reading: Reading, clock: () => number = Date.now): Promise<Tail> {
  let end = 0;
  let open = new Map<number, number>();

  const missing = (entries: readonly Entry[], from: number, known: Map<number, number>): void => {
    let last = from;
    for (const { id } of entries) {
      if (id - last <= most) for (let gap = last + 1; gap < id && known.size < most; gap += 1) known.set(gap, clock() + patience);
      last = Math.max(last, id);
    }
  };

  const newest = (await newestEntries(reading, before)).reverse();
  const [first] = newest;
  if (first) missing(newest, first.id, open);
  end = newest.at(-1)?.id ?? 0;

  return {
    get end() {
      return end;
    },
    get settled() {
      return settledOf(end, open);
    },
    async look(given) {
      // In this order: what the second of two changes of a row waited for is there once that one is.
      const fresh = await entriesAfter(given, end);
      const late = await entriesOf(given, [...open.keys()]);
      const next = new Map([...open].filter(([, until]) => until > clock()));
      for (const { id } of late) next.delete(id);
      missing(fresh, end, next);
      const reached = fresh.at(-1)?.id ?? end;
      const entries = [...late, ...fresh].sort((a, b) => a.id - b.id);
      return {
        entries,
        settled: settledOf(reached, next),
        more: fresh.length === page,
        keep() {
          end = reached;
          open = next;
        },
      };
    },
  };
}
