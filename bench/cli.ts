/** `sallyport start` as somebody would run it, and the time until it answers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { project } from './cases.ts';
import { urlOf } from './data/databases.ts';
import { benchToken } from './data/rights.ts';

const cli = fileURLToPath(new URL('../app/cli/index.js', import.meta.url));

export interface Started {
  /** From the start of the process to its first answer with a row in it. */
  readonly milliseconds: number;
  /** The status of a request, 0 while nobody listens. */
  statusOf(path: string): Promise<number>;
  /** The most memory it has held so far, in bytes; undefined where the system does not tell. */
  peak(): number | undefined;
  /** Has it read everything anew. */
  hangUp(): void;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}

/** Starts it on a database and asks for `first` until that is there. */
export async function startCli(database: string, first: string): Promise<Started> {
  const port = await freePort();
  const agent = new Agent({ keepAlive: true });
  const statusOf = (path: string): Promise<number> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${benchToken}` };
      const request = get({ port, host: '127.0.0.1', path, headers, agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      request.on('error', () => resolve(0));
    });
  const started = performance.now();
  const child = spawn(process.execPath, [cli, 'start', '--port', String(port), '--projects', 'bench/no-projects'], {
    env: {
      ...process.env,
      DATABASE_URL: urlOf(database, 'bench boot'),
      PROJECT: project,
      SECRET: 'a secret of the bench',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    agent.destroy();
    child.kill();
    await ended;
  };
  while ((await statusOf(first)) !== 200) {
    if (child.exitCode !== null || performance.now() - started > 60_000) {
      await stop();
      throw new Error('sallyport start does not answer');
    }
    await pause(5);
  }
  return {
    milliseconds: performance.now() - started,
    statusOf,
    peak() {
      try {
        const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
        return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
      } catch {
        return undefined;
      }
    },
    hangUp: () => void child.kill('SIGHUP'),
    stop,
  };
}
