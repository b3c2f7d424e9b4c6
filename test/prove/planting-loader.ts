/** Hooks of Node's module loader: what is imported for a leak is loaded once more, one module of it with one of its texts replaced. */
import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { leaks } from './leaks.ts';

const own = new URL('../../', import.meta.url).href;

const leakOf = (url: string | undefined): string | null => (url?.startsWith(own) ? new URL(url).searchParams.get('leak') : null);

/** Our own modules are loaded for the leak of whoever imports them; packages are the same for all. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolved = await next(specifier, context);
  const leak = leakOf(context.parentURL);
  if (leak === null || !resolved.url.startsWith(own) || leakOf(resolved.url) !== null) return resolved;
  return { ...resolved, url: `${resolved.url}?leak=${leak}` };
};

export const load: LoadHook = async (url, context, next) => {
  const planted = leaks.find(({ name }) => name === leakOf(url));
  if (!planted || !url.endsWith(`/dist/src/${planted.file}.js?leak=${planted.name}`)) return next(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  const pieces = source.split(planted.rule);
  if (pieces.length !== 2) throw new Error(`${planted.name}: ${planted.file} holds "${planted.rule}" ${pieces.length - 1} times, not once`);
  return { format: 'module', shortCircuit: true, source: pieces.join(planted.instead) };
};
