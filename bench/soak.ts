/** `npm run bench -- soak`: whether a process that is asked too much, and nonsense among it, stays quick, whole and of one size. */
import { parseArgs } from 'node:util';
import { memoryOf } from './cpu.ts';
import { databases, makeWrites, withClient } from './data/databases.ts';
import { startServer } from './processes.ts';
import { type Driven, drive } from './soak/drive.ts';
import { rows } from './soak/traffic.ts';
import { median } from './statistics.ts';

const connections = 200;
/** What memory may grow by between the first full load and the end, and p99 may be of p50 at half load. */
const wanted = { growth: 1.2, ratio: 5 } as const;
/** Parts of the half load, each judged for itself: other things that the machine does fall into some of them, our own pauses into all. */
const halves = 5;
/** Shares of the time. */
const shares = { warmUp: 1 / 12, full: 1 / 3, half: 1 / 3, again: 1 / 4 } as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const part = (times: Float64Array, share: number): number => times[Math.floor(times.length * share)] ?? 0;

async function makeDatabase(): Promise<void> {
  await makeWrites(databases.soak);
  await withClient(async (client) => {
    await client.query(`insert into articles (title, slug, summary, body, status, views, price)
      select 'Winter ' || i, 'winter-' || i, 'Lantern and pepper', repeat('Canvas and temple. ', 20),
        case i % 3 when 0 then 'draft' else 'published' end, i % 1000, 12.5 from generate_series(1, ${rows}) i`);
    await client.query('create index on articles (views, id)');
    await client.query('analyze articles');
  }, databases.soak);
}

interface Memory {
  readonly samples: { readonly second: number; readonly bytes: number }[];
  stop(): void;
}

function watchMemory(pid: number): Memory {
  const began = performance.now();
  const samples: Memory['samples'] = [];
  const timer = setInterval(() => {
    const bytes = memoryOf(pid);
    if (bytes !== undefined) samples.push({ second: (performance.now() - began) / 1000, bytes });
  }, 500);
  return { samples, stop: () => clearInterval(timer) };
}

const between = ({ samples }: Memory, from: number, to: number): number =>
  median(samples.filter(({ second }) => second >= from && second < to).map(({ bytes }) => bytes));

const sorted = (all: readonly Float64Array[]): Float64Array => Float64Array.from(all.flatMap((one) => [...one])).sort();

/** Phases one after another as one. */
function joined(phases: readonly Driven[]): Driven {
  const kinds = new Set(phases.flatMap(({ byKind }) => [...byKind.keys()]));
  const statuses = new Map<string, Map<number, number>>();
  for (const phase of phases) {
    for (const [kind, found] of phase.statuses) {
      const known = statuses.get(kind) ?? new Map<number, number>();
      for (const [status, count] of found) known.set(status, (known.get(status) ?? 0) + count);
      statuses.set(kind, known);
    }
  }
  return {
    requests: phases.reduce((sum, { requests }) => sum + requests, 0),
    seconds: phases.reduce((sum, { seconds }) => sum + seconds, 0),
    times: sorted(phases.map(({ times }) => times)),
    byKind: new Map([...kinds].map((kind) => [kind, sorted(phases.flatMap(({ byKind }) => byKind.get(kind) ?? []))])),
    statuses,
  };
}

function tell(name: string, driven: Driven): void {
  const perSecond = Math.round(driven.requests / driven.seconds);
  say(
    `${name.padEnd(10)} ${String(perSecond).padStart(6)} req/s   p50 ${part(driven.times, 0.5).toFixed(1)} ms   p99 ${part(driven.times, 0.99).toFixed(1)} ms`,
  );
}

function tellKinds({ byKind }: Driven): void {
  say('at half load by kind, p50 / p99 ms');
  const told = [...byKind].map(([kind, times]) => `${kind} ${part(times, 0.5).toFixed(1)} / ${part(times, 0.99).toFixed(1)}`);
  say(`  ${told.join('   ')}`);
}

function tellStatuses({ statuses: counts }: Driven): { readonly failed: number; readonly unanswered: number; readonly shed: number } {
  const seen = { failed: 0, unanswered: 0, shed: 0 };
  say('answers by status');
  for (const [kind, found] of counts) {
    const sorted = [...found].sort(([a], [b]) => a - b);
    say(`  ${kind.padEnd(10)} ${sorted.map(([status, count]) => `${status === 0 ? 'none' : status}: ${count}`).join('   ')}`);
    for (const [status, count] of sorted) {
      if (status === 503) seen.shed += count;
      else if (status >= 500) seen.failed += count;
      else if (status === 0 && kind !== 'garbage') seen.unanswered += count;
    }
  }
  return seen;
}

function judge(name: string, good: boolean, text: string): boolean {
  say(`${good ? 'PASS' : 'FAIL'}  ${name}: ${text}`);
  return good;
}

async function soak(seconds: number): Promise<boolean> {
  await makeDatabase();
  const server = await startServer('sallyport', { database: databases.soak, label: 'soak' });
  const { port } = server;
  const memory = watchMemory(server.pid);
  try {
    say(`${connections} connections, ${seconds} s, 5 % of the requests malformed; node ${process.version}`);
    const warmUp = await drive({ port, connections, seconds: seconds * shares.warmUp });
    const full = await drive({ port, connections, seconds: seconds * shares.full });
    tell('full load', full);
    const slices: Driven[] = [];
    while (slices.length < halves) {
      slices.push(await drive({ port, connections, seconds: (seconds * shares.half) / halves, rate: full.requests / full.seconds / 2 }));
    }
    const half = joined(slices);
    tell('half load', half);
    const again = await drive({ port, connections, seconds: seconds * shares.again });
    tell('full again', again);
    tellKinds(half);
    const { failed, unanswered, shed } = tellStatuses(joined([warmUp, full, half, again]));

    const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;
    const every = Math.max(1, Math.floor(memory.samples.length / 12));
    say(
      `memory     ${memory.samples
        .filter((_, i) => i % every === 0)
        .map(({ second, bytes }) => `${Math.round(second)}s ${megabytes(bytes)}`)
        .join('  ')}`,
    );
    const early = between(memory, seconds * (shares.warmUp + shares.full / 2), seconds * (shares.warmUp + shares.full));
    const late = between(memory, seconds * (1 - shares.again / 2), Number.POSITIVE_INFINITY);
    const ratios = slices.map(({ times }) => part(times, 0.99) / part(times, 0.5));
    const ratio = median(ratios);
    return [
      judge('no 5xx but 503', failed === 0, `${failed}, and ${shed} turned away`),
      judge('every right request is answered', unanswered === 0, `${unanswered} were not`),
      judge('memory is flat', late <= early * wanted.growth, `${megabytes(early)} -> ${megabytes(late)}`),
      judge(
        'p99 at half load',
        ratio <= wanted.ratio,
        `${ratio.toFixed(1)} x p50, the median of ${ratios.map((one) => one.toFixed(1)).join(', ')}`,
      ),
    ].every((good) => good);
  } finally {
    memory.stop();
    await server.stop();
  }
}

const { values } = parseArgs({
  args: process.argv.slice(2).filter((given) => given !== 'soak'),
  options: { seconds: { type: 'string', default: '60' } },
});
const given = Number(values.seconds);
if (!(given >= 6)) throw new Error('--seconds must be a number of 6 or more');
// The processes that were started end when this one does.
process.exit((await soak(given)) ? 0 : 1);
