/** Starts the real command in a folder of its own. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/entry.ts';
import { eventually } from '../support/eventually.ts';

/** The bundle, as it is installed: `npm run build` makes it, tsc alone does not. */
export const bin = join(root, 'dist', 'app', 'cli', 'index.js');

type Environment = Readonly<Record<string, string>>;

/** Nothing of the surrounding environment but what a process needs to run. */
function environment(more: Environment): Environment {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...more };
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end. */
export function run(folder: string, args: readonly string[], more: Environment = {}): Promise<Finished> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: environment(more), stdio: ['ignore', 'pipe', 'pipe'] });
  const said = collect(child);
  return new Promise((done) => child.on('close', (code) => done({ code, ...said })));
}

function collect(child: ChildProcess): { out: string; err: string } {
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    said.err += chunk;
  });
  return said;
}

export interface Running {
  readonly url: string;
  /** What it has said so far. */
  readonly said: { readonly out: string; readonly err: string };
  /** Waits until it has said so, on either of its outputs; false when it does not. */
  says(what: RegExp): Promise<boolean>;
  signal(name: NodeJS.Signals): void;
  /** Asks it to end; the exit code. */
  stop(): Promise<number | null>;
}

/** Runs `start` on a free port until it says that it listens; what it says then may take a while longer. */
export async function startServer(folder: string, more: Environment = {}, args: readonly string[] = []): Promise<Running> {
  const child = spawn(process.execPath, [bin, 'start', '--port', '0', ...args], {
    cwd: folder,
    env: environment(more),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = collect(child);
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const url = await new Promise<string>((done, fail) => {
    child.stdout?.on('data', () => {
      const found = /listens on (\S+)/.exec(said.out)?.[1];
      if (found !== undefined) done(found);
    });
    child.on('close', () => fail(new Error(`it ended: ${said.out}${said.err}`)));
  });
  return {
    url,
    said,
    says: (what) => eventually(() => what.test(said.out) || what.test(said.err)),
    signal: (name) => void child.kill(name),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** A folder that is gone when the test ends. */
export async function temporaryFolder(t: { teardown(work: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
