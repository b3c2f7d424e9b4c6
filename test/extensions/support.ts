/** What tests of extensions share: a folder with files, and a log that remembers. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Log } from '../../src/lib/log.ts';

/** A folder of extensions, by path inside it. */
export async function extensionFolder(files: Readonly<Record<string, string>>): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-extensions-'));
  await writeExtensions(folder, files);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export async function writeExtensions(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly details: object;
  readonly message: string;
}

/** A log that keeps what it is told. */
export function rememberingLog(): Log & { readonly lines: Logged[] } {
  const lines: Logged[] = [];
  const add = (level: Logged['level']) => (details: object, message: string) => void lines.push({ level, details, message });
  return { lines, debug: add('debug'), info: add('info'), warn: add('warn'), error: add('error') };
}
