/** An export of all articles as lines: its time, its CPU, and what the server's memory grows to. */
import { setTimeout as pause } from 'node:timers/promises';
import { exportPaths } from './cases.ts';
import { backendTimes, memoryOf, perRequest, timesBetween, watchPeak } from './cpu.ts';
import { databases } from './data/databases.ts';
import { answerOf, demandEqualLines } from './equal.ts';
import type { Bench } from './measure.ts';
import { type RunningServer, type ServerName, startServer } from './processes.ts';
import { type Figures, figuresOf, median, type Round } from './statistics.ts';

export interface ExportFigures extends Figures {
  readonly name: ServerName;
  readonly bytes: number;
  /** Bytes over what the process held before; undefined where the system does not tell. */
  readonly memory: number | undefined;
}

/** At most this much more memory than an idle server. */
export const wantedMemory = 60 * 1024 * 1024;

const pathFor = (server: RunningServer): string => (server.name === 'sallyport' ? exportPaths.asked : exportPaths.handwritten);

/** Whether the server knows exports at all. */
export async function knowsExport(server: RunningServer): Promise<boolean> {
  const text = await answerOf(server, `${exportPaths.asked.replace('limit=-1', 'limit=2')}`).catch(() => '');
  return text.trimEnd().split('\n').length === 2;
}

interface Exporter {
  readonly server: RunningServer;
  /** Bytes held before the first export. */
  readonly idle: number | undefined;
  readonly peak: () => number | undefined;
  readonly rounds: Round[];
  readonly sizes: number[];
}

/** A process of its own: what others asked of a server before is none of the export's memory. */
async function openExporter(name: ServerName): Promise<Exporter> {
  const server = await startServer(name, { database: databases.articles, label: `export ${name}` });
  const small = name === 'sallyport' ? exportPaths.asked.replace('limit=-1', 'limit=50') : '/list?status=published&views=0&page=1';
  for (let i = 0; i < 20; i++) await answerOf(server, small);
  await pause(1_000);
  return { server, idle: memoryOf(server.pid), peak: watchPeak(server.pid), rounds: [], sizes: [] };
}

async function exportOnce({ load, client }: Bench, { server, rounds, sizes }: Exporter): Promise<void> {
  const [before, databaseBefore] = [await server.usage(), await backendTimes(client, server.application)];
  const token = server.token === undefined ? {} : { token: server.token };
  const done = await load.run({ port: server.port, paths: [pathFor(server)], first: 0, connections: 1, seconds: 0.01, ...token });
  const [after, databaseAfter] = [await server.usage(), await backendTimes(client, server.application)];
  rounds.push({
    perSecond: (done.requests * 1000) / done.elapsed,
    latency: done.p50,
    serverCpu: (after.cpu - before.cpu) / 1000 / done.requests,
    databaseCpu: perRequest(timesBetween(databaseBefore, databaseAfter), done.requests),
    loadCpu: done.ownCpu,
  });
  sizes.push(done.bytes / done.requests);
}

function exportFigures({ server, idle, peak, rounds, sizes }: Exporter): ExportFigures {
  const highest = peak();
  const memory = highest === undefined || idle === undefined ? undefined : highest - idle;
  return { name: server.name, ...figuresOf(rounds), bytes: median(sizes), memory };
}

/** Checks that all servers export the same lines, then has them export in turn, at one connection. */
export async function measureExport(bench: Bench, servers: readonly RunningServer[]): Promise<ExportFigures[]> {
  const [own, ...others] = servers;
  if (!own) return [];
  const expected = await answerOf(own, pathFor(own));
  for (const other of others) demandEqualLines(`The export by ${other.name}`, expected, await answerOf(other, pathFor(other)));
  const exporters: Exporter[] = [];
  try {
    for (const { name } of servers) exporters.push(await openExporter(name));
    const turns = Math.max(3, bench.pace.rounds) * exporters.length;
    for (let turn = 0; turn < turns; turn++) {
      const exporter = exporters[turn % exporters.length];
      if (exporter) await exportOnce(bench, exporter);
    }
    return exporters.map(exportFigures);
  } finally {
    await Promise.all(exporters.map(({ server }) => server.stop()));
  }
}
