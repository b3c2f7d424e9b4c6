/** Measures one case on several servers: short rounds in turn, so that whatever else the machine does falls on all of them. */
import type pg from 'pg';
import { type Case, distinct } from './cases.ts';
import { backendTimes, perRequest, timesBetween } from './cpu.ts';
import type { LoadGenerator, RunningServer } from './processes.ts';
import { type Figures, figuresOf, type Round } from './statistics.ts';

export interface Pace {
  readonly rounds: number;
  readonly seconds: number;
}

export interface Bench {
  readonly load: LoadGenerator;
  /** Looks at the backends. */
  readonly client: pg.Client;
  readonly pace: Pace;
}

/** A server and the paths that it is asked for. */
export interface Contestant {
  readonly server: RunningServer;
  /** Or how to get others each time. */
  readonly paths: readonly string[] | (() => readonly string[]);
  /** Requests at once, where not as many as usual. */
  readonly connections?: number;
}

/** The contestants of a case, with the same sequence of inputs. */
export function contestants(one: Case, servers: readonly RunningServer[]): Contestant[] {
  const paths = Array.from({ length: distinct }, (_, i) => one.paths(i));
  return servers.map((server) => ({ server, paths: paths.map((path) => (server.name === 'sallyport' ? path.asked : path.handwritten)) }));
}

const busyConnections = 50;
/** Seconds before the first round: code that has not run often is slower, and there is more of it in Sallyport. */
export const longestWarmUp = 5;

/** What a round of a server took. `run` sends requests from all connections for as long as it takes, `runAlone` from one. */
export async function measureRound(
  client: Bench['client'],
  server: RunningServer,
  run: () => ReturnType<LoadGenerator['run']>,
  runAlone: () => ReturnType<LoadGenerator['run']>,
): Promise<Round> {
  const [cpuBefore, databaseBefore] = [await server.usage(), await backendTimes(client, server.application)];
  const busy = await run();
  const [cpuAfter, databaseAfter] = [await server.usage(), await backendTimes(client, server.application)];
  const quiet = await runAlone();
  return {
    perSecond: (busy.requests * 1000) / busy.elapsed,
    latency: quiet.p50,
    serverCpu: (cpuAfter.cpu - cpuBefore.cpu) / 1000 / busy.requests,
    databaseCpu: perRequest(timesBetween(databaseBefore, databaseAfter), busy.requests),
    loadCpu: busy.ownCpu,
  };
}

async function round(bench: Bench, { server, paths, connections = busyConnections }: Contestant, number: number): Promise<Round> {
  const { load, client, pace } = bench;
  const token = server.token === undefined ? {} : { token: server.token };
  const common = () => ({ port: server.port, paths: typeof paths === 'function' ? paths() : paths, first: number * 101, ...token });
  // Connections are open and statements prepared again before the clock runs.
  await load.run({ ...common(), connections, seconds: number === 0 ? longestWarmUp : 0.5 });
  return measureRound(
    client,
    server,
    () => load.run({ ...common(), connections, seconds: pace.seconds }),
    () => load.run({ ...common(), connections: 1, seconds: Math.max(0.5, pace.seconds / 4) }),
  );
}

/** The figures of each contestant, in their order. */
export async function measure(bench: Bench, who: readonly Contestant[]): Promise<Figures[]> {
  const rounds = who.map((): Round[] => []);
  for (let number = 0; number < bench.pace.rounds; number++) {
    for (let turn = 0; turn < who.length; turn++) {
      // Another begins in each round.
      const at = (turn + number) % who.length;
      const contestant = who[at];
      if (contestant) rounds[at]?.push(await round(bench, contestant, number));
    }
  }
  return rounds.map(figuresOf);
}
