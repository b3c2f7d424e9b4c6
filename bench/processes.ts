/** The processes of a run: the servers and the load, started from here and ended from here. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { urlOf } from './data/databases.ts';
import { benchToken } from './data/rights.ts';
import type { Load, LoadAnswer, LoadResult } from './load/generator.ts';
import type { Asked, Told, Usage } from './servers/child.ts';

export type ServerName = 'sallyport' | 'json-in-sql' | 'rows-as-text' | 'writes-by-hand' | 'files-by-hand';

export interface RunningServer {
  readonly name: ServerName;
  readonly pid: number;
  readonly port: number;
  /** The application's name of its connections. */
  readonly application: string;
  /** Sent with each request. */
  readonly token: string | undefined;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly database: string;
  /** Arguments behind the database's URL. */
  readonly arguments?: readonly string[];
  /** Leaves a CPU profile in this folder when it ends. */
  readonly profiles?: string | undefined;
  /** Tells servers of one name apart. */
  readonly label?: string;
}

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** The next message of a child; fails when the child ends first. */
function message<T>(child: ChildProcess, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${what} ended with code ${code}`));
    child.once('exit', ended);
    child.once('message', (told) => {
      child.off('exit', ended);
      resolve(told as T);
    });
  });
}

/** Starts a server and waits until it listens. */
export async function startServer(name: ServerName, options: ServerOptions): Promise<RunningServer> {
  const application = `bench ${options.label ?? name}`;
  if (options.profiles !== undefined) mkdirSync(options.profiles, { recursive: true });
  const child = fork(pathOf(`./servers/${name}.js`), [urlOf(options.database, application), ...(options.arguments ?? [])], {
    execArgv: options.profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profiles}`],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const told = await message<Told>(child, name);
  if (told.is !== 'listening') throw new Error(`${name} does not listen`);
  const ask = (asked: Asked): void => void child.send(asked);
  return {
    name,
    pid: child.pid ?? 0,
    port: told.port,
    application,
    token: name === 'sallyport' ? benchToken : undefined,
    async usage() {
      const answer = message<Told>(child, name);
      ask('usage');
      const found = await answer;
      if (found.is !== 'usage') throw new Error(`${name} tells no usage`);
      return found.usage;
    },
    async stop() {
      const ended = new Promise((done) => child.once('exit', done));
      ask('stop');
      await ended;
    },
  };
}

export interface LoadGenerator {
  run(load: Load): Promise<LoadResult>;
  stop(): void;
}

/** Starts the load generator; it makes one load at a time. */
export function startLoad(): LoadGenerator {
  const child = fork(pathOf('./load/generator.js'));
  return {
    async run(load) {
      const answer = message<LoadAnswer>(child, 'The load');
      child.send(load);
      const told = await answer;
      if ('fault' in told) throw new Error(told.fault);
      return told.result;
    },
    stop: () => child.disconnect(),
  };
}
