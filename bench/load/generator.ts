/**
 * The load, in a process of its own so that its CPU counts for nobody: each connection sends its next request when the answer to the last one
 * is whole. It looks at as little of the answers as it can, since it shares the machine with what is measured.
 */
import { connect, type Socket } from 'node:net';
import { createAnswerReader } from './answers.ts';

export interface Load {
  readonly port: number;
  /** Requests in order, over and over. */
  readonly paths: readonly string[];
  /** The path to begin with. */
  readonly first: number;
  readonly token?: string;
  /** Without one they are read. */
  readonly method?: 'POST' | 'PATCH' | 'DELETE';
  /** JSON that goes with them, in turn. */
  readonly bodies?: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly bytes: number;
  /** Milliseconds until the last answer. */
  readonly elapsed: number;
  /** Milliseconds within which half of the answers came. */
  readonly p50: number;
  /** Milliseconds of CPU that the load itself took for a request. */
  readonly ownCpu: number;
}

export type LoadAnswer = { readonly result: LoadResult } | { readonly fault: string };

function requestsOf({ paths, token, port, method, bodies }: Load): Buffer[] {
  const head = `Host: 127.0.0.1:${port}\r\n${token === undefined ? '' : `Authorization: Bearer ${token}\r\n`}`;
  return paths.map((path, i) => {
    const start = `${method ?? 'GET'} ${path} HTTP/1.1\r\n${head}`;
    const body = bodies?.[i % bodies.length];
    if (body === undefined) return Buffer.from(`${start}\r\n`);
    return Buffer.from(`${start}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });
}

async function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

async function run(load: Load): Promise<LoadResult> {
  const requests = requestsOf(load);
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => openSocket(load.port)));
  const times: number[] = [];
  let next = load.first;
  let bytes = 0;
  const before = process.cpuUsage();
  const started = performance.now();
  const deadline = started + load.seconds * 1000;

  const drive = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      const reader = createAnswerReader();
      let sent = 0;
      const ask = (): void => {
        sent = performance.now();
        socket.write(requests[next++ % requests.length] as Buffer);
      };
      socket.on('data', (chunk) => {
        try {
          if (!reader.take(chunk)) return;
        } catch (error) {
          reject(error);
          return;
        }
        const now = performance.now();
        times.push(now - sent);
        if (now < deadline) ask();
        else {
          bytes += reader.bytes;
          resolve();
        }
      });
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('The server closed a connection')));
      ask();
    });

  try {
    await Promise.all(sockets.map(drive));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const elapsed = performance.now() - started;
  const used = process.cpuUsage(before);
  const sorted = Float64Array.from(times).sort();
  return {
    requests: times.length,
    bytes,
    elapsed,
    p50: sorted[Math.floor(sorted.length / 2)] ?? 0,
    ownCpu: (used.user + used.system) / 1000 / times.length,
  };
}

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.({ result } satisfies LoadAnswer),
    (error: unknown) => process.send?.({ fault: error instanceof Error ? error.message : String(error) } satisfies LoadAnswer),
  );
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
