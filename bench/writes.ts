/** Writes of one article, and of a thousand in one request, each with activity and revision, beside a hand-written server. */
import { project } from './cases.ts';
import { databases, makeWrites, withClient } from './data/databases.ts';
import type { Load } from './load/generator.ts';
import { type Bench, longestWarmUp, measureRound } from './measure.ts';
import { type RunningServer, startServer } from './processes.ts';
import { type Figures, figuresOf, type Round } from './statistics.ts';

/** At least this share of the hand-written server's requests a second. */
export const wantedWrites = 0.7;

export interface WriteFigures {
  readonly title: string;
  readonly sallyport: Figures;
  readonly byHand: Figures;
}

interface WriteCase {
  readonly title: string;
  readonly method: NonNullable<Load['method']>;
  readonly bodies?: readonly string[];
  /** Each request takes an article away, or changes another one. */
  readonly keyed: boolean;
  readonly connections: number;
}

const article = (i: number) => ({
  title: `Winter in the harbour ${i}`,
  slug: `winter-in-the-harbour-${i}`,
  summary: 'Lantern and pepper meet the falcon beside a meadow. Silver and engine meet the letter.',
  body: 'Canvas and temple meet the garden beside a violin. '.repeat(8),
  status: 'published',
  views: i % 1000,
  price: 12.5,
});

const numbered = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const cases: readonly WriteCase[] = [
  {
    title: 'create one article',
    method: 'POST',
    bodies: numbered(500).map((i) => JSON.stringify(article(i))),
    keyed: false,
    connections: 50,
  },
  {
    title: 'change one article',
    method: 'PATCH',
    bodies: numbered(500).map((i) => JSON.stringify({ title: `Spring ${i}`, views: i })),
    keyed: true,
    connections: 50,
  },
  { title: 'delete one article', method: 'DELETE', keyed: true, connections: 50 },
  {
    title: 'create 1,000 articles in one request',
    method: 'POST',
    bodies: [JSON.stringify(numbered(1000).map(article))],
    keyed: false,
    connections: 4,
  },
];

/** More than a server gets through in a round. */
const mostRequests = 40_000;

/** Fresh articles for a round; their keys. */
async function fill(): Promise<number[]> {
  return withClient(async (client) => {
    const { rows } = await client.query<{ first: number }>(
      `with made as (insert into articles (title, slug, summary, body, status, views, price)
        select 'Winter ' || i, 'winter-' || i, 'Lantern and pepper', repeat('Canvas and temple. ', 20), 'published', i % 1000, 12.5
        from generate_series(1, ${mostRequests}) i returning id) select min(id) as first from made`,
    );
    const first = rows[0]?.first ?? 0;
    return numbered(mostRequests).map((i) => first + i);
  }, databases.writes);
}

async function loadOf(one: WriteCase, server: RunningServer, seconds: number): Promise<Load> {
  const base = server.name === 'sallyport' ? `/${project}/items/articles` : '/articles';
  const { method, bodies, connections } = one;
  const paths = one.keyed ? (await fill()).map((id) => `${base}/${id}`) : [base];
  // Each path takes the next body.
  const all = one.keyed || !bodies ? paths : bodies.map(() => base);
  const token = server.token === undefined ? {} : { token: server.token };
  return { port: server.port, paths: all, first: 0, method, ...(bodies ? { bodies } : {}), ...token, connections, seconds };
}

async function round(bench: Bench, one: WriteCase, server: RunningServer, number: number): Promise<Round> {
  const { load, client, pace } = bench;
  await load.run(await loadOf(one, server, number === 0 ? longestWarmUp : 0.5));
  const busyLoad = await loadOf(one, server, pace.seconds);
  return measureRound(
    client,
    server,
    () => load.run(busyLoad),
    async () => load.run({ ...(await loadOf(one, server, 0.5)), connections: 1 }),
  );
}

/** The figures of both servers in each case. */
export async function measureWrites(bench: Bench, profiles: string | undefined, say: (text: string) => void): Promise<WriteFigures[]> {
  await makeWrites();
  const database = databases.writes;
  const servers = [await startServer('sallyport', { database, profiles }), await startServer('writes-by-hand', { database })] as const;
  const measured: WriteFigures[] = [];
  try {
    for (const one of cases) {
      say(`${one.title}: measuring ...`);
      const rounds: [Round[], Round[]] = [[], []];
      for (let number = 0; number < bench.pace.rounds; number++) {
        for (const turn of number % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
          rounds[turn].push(await round(bench, one, servers[turn], number));
        }
      }
      const [sallyport, byHand] = rounds.map(figuresOf);
      if (sallyport && byHand) measured.push({ title: one.title, sallyport, byHand });
    }
    return measured;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
