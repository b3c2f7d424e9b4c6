/** Keeps the registry equal to the folder of project files while the process runs. */
import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../config/fill.ts';
import { type Loaded, loadProjects, nameOfFile } from '../config/load.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import { singleFlight } from '../lib/single-flight.ts';
import type { Registry } from './registry.ts';

export interface ProjectFolder {
  /** Compares folder and registry now; resolves when every new or changed project had its first attempt to open. */
  sync(): Promise<void>;
  close(): void;
}

export interface ProjectFolderOptions {
  readonly folder: string;
  readonly environment: Environment;
  readonly registry: Registry;
  readonly log: Log;
  /** Keys that are configured elsewhere and which no file may take. */
  readonly taken?: ReadonlySet<string>;
  /** Milliseconds: how long a burst of changes is waited for, and how often the folder is looked at without being told. */
  readonly settle?: number;
  readonly interval?: number;
}

/** What a file looks like from outside; a change of its content changes this. */
async function stampOf(folder: string): Promise<string> {
  const files = await readdir(folder).catch(() => []);
  const stamps = files
    .filter((file) => nameOfFile(file))
    .map(async (file) => {
      const found = await stat(join(folder, file)).catch(() => undefined);
      return `${file} ${found?.mtimeMs} ${found?.size} ${found?.ino}`;
    });
  return (await Promise.all(stamps)).sort().join('\n');
}

/** Starts watching. Nothing is read before the first `sync`, so that the caller can await it. */
export function watchProjects(options: ProjectFolderOptions): ProjectFolder {
  const { folder, environment, registry, log } = options;
  /** What each project was last configured with, as text; `faulty` where that was wrong. */
  const known = new Map<string, string>();
  let stamp: string | undefined;
  let closed = false;

  const sync = singleFlight(async () => {
    stamp = await stampOf(folder);
    const loaded = (await loadProjects(folder, environment)).filter((project) => !options.taken?.has(project.key));
    const present = new Set(loaded.map((project) => project.key));
    for (const key of [...known.keys()].filter((one) => !present.has(one))) {
      known.delete(key);
      log.info({ project: key }, `project ${key} is gone`);
      void registry.remove(key);
    }
    await Promise.all(loaded.map(apply));
  });

  async function apply(loaded: Loaded): Promise<void> {
    const now = JSON.stringify([loaded.config ?? null, loaded.faults]);
    if (known.get(loaded.key) === now) return;
    known.set(loaded.key, now);
    for (const fault of loaded.faults) log.error({ project: loaded.key }, fault);
    if (loaded.config) await registry.set(loaded.config);
    else registry.setFaulty(loaded.key, loaded.private);
  }

  function syncSoon(): void {
    if (!closed) sync().catch((error: unknown) => log.error({ reason: reason(error) }, 'the project files could not be read'));
  }

  let settling: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(settling);
    settling = setTimeout(syncSoon, options.settle ?? 200);
    settling.unref();
  };

  let watcher: FSWatcher | undefined;
  function listen(): void {
    try {
      watcher = watch(folder, { persistent: false }, changed);
      watcher.on('error', forget);
    } catch {
      // The folder is not there yet, or the file system cannot tell; the slow look below finds out.
    }
  }
  function forget(): void {
    watcher?.close();
    watcher = undefined;
  }

  const slow = setInterval(async () => {
    if (!watcher) listen();
    if (stamp !== undefined && (await stampOf(folder)) !== stamp) changed();
  }, options.interval ?? 5_000);
  slow.unref();
  listen();

  return {
    sync,
    close() {
      closed = true;
      clearTimeout(settling);
      clearInterval(slow);
      forget();
    },
  };
}
