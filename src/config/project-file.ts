/** Writing project files: whole or not at all, readable by their owner alone since they hold secrets. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { nameOfFile } from './load.ts';

/** A secret for signing tokens: 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** How a file is named to people, and in project files: short below the current directory, whole elsewhere. */
export function shortPath(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') || short === '' ? resolve(path) : short;
}

export interface NewFile {
  readonly key: string;
  readonly private?: boolean;
  readonly content: object;
  /** Takes the place of a file that is there. */
  readonly force?: boolean | undefined;
}

/** Writes a project file; gives back its path, or undefined where it is there and stays as it is. */
export async function writeProjectFile(folder: string, { key, private: hidden = false, content, force = false }: NewFile) {
  const path = join(folder, `${hidden ? 'private.' : ''}${key}.json`);
  // Whoever watches the folder passes over such a name.
  const draft = join(folder, `.${key}.${randomBytes(6).toString('hex')}`);
  await mkdir(folder, { recursive: true });
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    if (force) await rename(draft, path);
    else await link(draft, path);
    return path;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The files that configure a project. */
export async function projectFiles(folder: string, key: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => nameOfFile(name)?.key === key).map((name) => join(folder, name));
}
