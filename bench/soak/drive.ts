/** Many connections that ask at once, or at a pace, and whatever the answers are go on. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createAnswerReader } from '../load/answers.ts';
import { requestOf, type SoakRequest } from './traffic.ts';

export interface Phase {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second of all connections together; unset: as many as there are answers. */
  readonly rate?: number;
}

export interface Driven {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds of right requests, sorted. */
  readonly times: Float64Array;
  /** The same by kind. */
  readonly byKind: ReadonlyMap<string, Float64Array>;
  /** How many answers of each kind had which status; 0 is none at all. */
  readonly statuses: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** The status of the answer, 0 where the connection ended without one, and whether the connection is to be left. */
function exchange(socket: Socket, { bytes }: SoakRequest): Promise<{ readonly status: number; readonly last: boolean }> {
  return new Promise((resolve) => {
    const reader = createAnswerReader({ anyStatus: true });
    const end = (status: number, last: boolean): void => {
      socket.removeAllListeners('data').removeAllListeners('close');
      resolve({ status, last });
    };
    socket.on('data', (chunk) => {
      if (reader.take(chunk)) end(reader.status, reader.last);
    });
    socket.on('close', () => end(0, true));
    socket.write(bytes);
  });
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
    // Whoever sends garbage is hung up on.
    socket.on('error', () => undefined);
  });
}

const sorted = (times: readonly number[]): Float64Array => Float64Array.from(times).sort();

let next = 0;

/** Drives one phase. */
export async function drive({ port, connections, seconds, rate }: Phase): Promise<Driven> {
  const times: number[] = [];
  const byKind = new Map<string, number[]>();
  const statuses = new Map<string, Map<number, number>>();
  const began = performance.now();
  const deadline = began + seconds * 1000;
  const interval = rate === undefined ? 0 : (connections * 1000) / rate;
  let requests = 0;

  const client = async (turn: number): Promise<void> => {
    let socket = await open(port);
    for (let due = began + (interval * turn) / connections; due < deadline; due += interval) {
      const now = performance.now();
      if (now >= deadline) break;
      if (interval > 0 && due > now) await pause(due - now);
      const request = requestOf(next++);
      if (socket.destroyed || socket.readableEnded) socket = await open(port);
      const sent = performance.now();
      const { status, last } = await exchange(socket, request);
      requests += 1;
      if (last || request.broken) socket.destroy();
      if (!request.broken && request.kind !== 'malformed') {
        const took = performance.now() - sent;
        times.push(took);
        const known = byKind.get(request.kind);
        if (known) known.push(took);
        else byKind.set(request.kind, [took]);
      }
      const known = statuses.get(request.kind) ?? new Map<number, number>();
      known.set(status, (known.get(status) ?? 0) + 1);
      statuses.set(request.kind, known);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, (_, turn) => client(turn)));
  return {
    requests,
    seconds: (performance.now() - began) / 1000,
    times: sorted(times),
    byKind: new Map([...byKind].map(([kind, all]) => [kind, sorted(all)])),
    statuses,
  };
}
