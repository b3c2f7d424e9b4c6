/** Holds a project's extensions of this moment. */
import { createHooks, type Hooks, noHooks } from '../engine/hooks.ts';
import type { Log } from '../lib/log.ts';
import { singleFlight } from '../lib/single-flight.ts';
import { type Extensions, loadExtensions, noExtensions } from './load.ts';

export interface ExtensionStore {
  readonly current: Extensions;
  readonly hooks: Hooks;
  /** Imports what has changed. Requests under way keep what they started with. */
  reload(): Promise<void>;
  /** Waits for the actions under way. */
  settled(): Promise<void>;
}

export interface ExtensionStoreOptions {
  /** Without one there are no extensions. */
  readonly folder: string | undefined;
  readonly project: string;
  readonly log: Log;
  readonly hookMilliseconds: number;
}

/** Loads the extensions for the first time. */
export async function openExtensions({ folder, project, log, hookMilliseconds }: ExtensionStoreOptions): Promise<ExtensionStore> {
  let current = noExtensions;
  let hooks = noHooks;
  const reload = singleFlight(async () => {
    if (folder === undefined) return;
    current = await loadExtensions({ folder, project, log });
    const { listeners, loaded } = current;
    hooks = listeners.length === 0 ? noHooks : createHooks(listeners, { log, milliseconds: hookMilliseconds });
    if (loaded.length > 0) log.info({ extensions: loaded }, `project ${project} has extensions`);
  });
  await reload();
  return {
    get current() {
      return current;
    },
    get hooks() {
      return hooks;
    },
    reload,
    settled: () => hooks.settled(),
  };
}
