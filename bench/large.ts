/** A schema of 10,000 tables: its boot, its memory, and requests on a table that stays as it is while others change. */
import { project } from './cases.ts';
import { type Started, startCli } from './cli.ts';
import { databases, withClient } from './data/databases.ts';

/** Milliseconds to the first answer, and bytes. */
export const wantedLarge = { boot: 15_000, peak: 1_073_741_824 } as const;

/** Requests one after another for some time: how many, and the slowest, in milliseconds. */
interface Slowest {
  readonly requests: number;
  readonly longest: number;
  /** All but one in a hundred were faster. */
  readonly most: number;
}

export interface LargeFigures {
  readonly boot: number;
  readonly peakAfterBoot: number | undefined;
  readonly quiet: Slowest;
  /** While everything is read anew. */
  readonly everything: Slowest;
  /** While a table that has changed is read. */
  readonly changed: Slowest;
  /** The request on the changed table, which waits for it. */
  readonly onChanged: number;
  readonly peak: number | undefined;
}

const unchanged = `/${project}/items/table_1/17`;

async function timed(server: Started, path: string): Promise<number> {
  const started = performance.now();
  const status = await server.statusOf(path);
  if (status !== 200) throw new Error(`${path} answers ${status}`);
  return performance.now() - started;
}

async function asking(server: Started, milliseconds: number): Promise<Slowest> {
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end) times.push(await timed(server, unchanged));
  times.sort((a, b) => a - b);
  return { requests: times.length, longest: times.at(-1) ?? 0, most: times[Math.floor(times.length * 0.99)] ?? 0 };
}

/** Boots, asks, changes a table, and has everything read anew. */
export async function measureLarge(): Promise<LargeFigures> {
  const server = await startCli(databases.large, unchanged);
  try {
    const peakAfterBoot = server.peak();
    await asking(server, 2_000);
    const quiet = await asking(server, 3_000);
    const other = `/${project}/items/table_7777`;
    // A column that is gone is what a request stumbles upon.
    await withClient((client) => client.query('alter table table_7777 rename column day to another_day'), databases.large);
    const waiting = timed(server, `${other}?fields=*`);
    const changed = await asking(server, 2_000);
    const onChanged = await waiting;
    await withClient((client) => client.query('alter table table_7777 rename column another_day to day'), databases.large);
    server.hangUp();
    const everything = await asking(server, 6_000);
    return { boot: server.milliseconds, peakAfterBoot, quiet, everything, changed, onChanged, peak: server.peak() };
  } finally {
    await server.stop();
  }
}
