/** Finds and imports the extensions of a folder. One that is broken is left out and told; it stops nothing else. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Listener } from '../engine/hooks.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import { readHook } from './listeners.ts';
import { type PayloadRoute, readPayloadEndpoints } from './payload-endpoints.ts';
import { type Route, readEndpoint } from './routes.ts';

export interface Extensions {
  /** In the order in which they run. */
  readonly listeners: readonly Listener[];
  /** By name of the extension. */
  readonly endpoints: ReadonlyMap<string, readonly Route[]>;
  /** Endpoints of the Payload surface, in the order in which they are tried. */
  readonly payload: readonly PayloadRoute[];
  /** Names such as `hooks/slug`, in order. */
  readonly loaded: readonly string[];
  readonly faults: readonly ExtensionFault[];
}

interface ExtensionFault {
  readonly extension: string;
  /** Why it is not loaded. */
  readonly reason: string;
}

export interface LoadOptions {
  readonly folder: string;
  /** The project's key. */
  readonly project: string;
  readonly log: Log;
}

export const noExtensions: Extensions = { listeners: [], endpoints: new Map(), payload: [], loaded: [], faults: [] };

const fileNames = ['index.js', 'index.mjs'];

/** Names of the folders in one, in order; none where it is not there. One that begins with `_` is switched off. */
async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map((entry) => entry.name);
  return names.filter((name) => !/^[._]/.test(name)).sort();
}

/** The default export of the extension's file. Another content is another module: it is what tells that there is something to import anew. */
async function imported(folder: string): Promise<unknown> {
  for (const name of fileNames) {
    const path = join(folder, name);
    const content = await readFile(path).catch(() => undefined);
    if (content === undefined) continue;
    const url = pathToFileURL(path);
    url.searchParams.set('content', createHash('sha256').update(content).digest('base64url').slice(0, 16));
    const module: { readonly default?: unknown } = await import(url.href);
    return module.default;
  }
  throw new TypeError(`it has no ${fileNames.join(' and no ')}`);
}

/** Imports every `index.js` of `hooks/<name>`, `endpoints/<name>` and `payload/<name>`. A folder that is not there has none. Never throws. */
export async function loadExtensions({ folder, project, log }: LoadOptions): Promise<Extensions> {
  const loaded: string[] = [];
  const faults: ExtensionFault[] = [];

  async function each<T>(kind: string, read: (name: string, exported: unknown) => T): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    for (const name of await namesIn(join(folder, kind))) {
      const extension = `${kind}/${name}`;
      try {
        const exported = await imported(join(folder, kind, name));
        found.set(name, read(name, typeof exported === 'function' ? await exported({ project, log }) : exported));
        loaded.push(extension);
      } catch (error) {
        faults.push({ extension, reason: reason(error) });
        log.error({ extension, reason: reason(error) }, `the extension ${extension} is not loaded`);
      }
    }
    return found;
  }

  const hooks = await each('hooks', readHook);
  const endpoints = await each('endpoints', (name, exported) => readEndpoint(name, exported));
  const payload = await each('payload', (name, exported) => readPayloadEndpoints(name, exported));
  const inOrder = [...hooks.values()].sort((a, b) => b.priority - a.priority);
  return { listeners: inOrder.flatMap((one) => one.listeners), endpoints, payload: [...payload.values()].flat(), loaded, faults };
}
