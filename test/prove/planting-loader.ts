/** Hooks of Node's module loader: one module is given with one of its texts replaced. */
import { readFile } from 'node:fs/promises';
import type { LoadHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Leak } from './leaks.ts';

let planted: Leak | undefined;

export function initialize(leak: Leak): void {
  planted = leak;
}

export const load: LoadHook = async (url, context, next) => {
  if (!planted || !url.endsWith(`/dist/src/${planted.file}.js`)) return next(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  const pieces = source.split(planted.rule);
  if (pieces.length !== 2) throw new Error(`${planted.name}: ${planted.file} holds "${planted.rule}" ${pieces.length - 1} times, not once`);
  return { format: 'module', shortCircuit: true, source: pieces.join(planted.instead) };
};
