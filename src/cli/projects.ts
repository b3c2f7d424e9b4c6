/** What commands share about project files: finding one by its key, writing one. */
import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { environmentProject } from '../config/environment.ts';
import { loadProjects } from '../config/load.ts';
import type { ProjectConfig } from '../config/types.ts';
import { CommandError } from './terminal.ts';

/**
 * The configuration of a key, from the environment or the folder.
 *
 * @throws CommandError with every fault, or with the keys that there are
 */
export async function findProject(folder: string, key: string): Promise<ProjectConfig> {
  const fromEnvironment = environmentProject(process.env);
  if (fromEnvironment && 'config' in fromEnvironment && fromEnvironment.config.key === key) return fromEnvironment.config;
  const all = await loadProjects(folder, process.env);
  const found = all.find((project) => project.key === key);
  if (found?.config) return found.config;
  if (found) throw new CommandError(found.faults.join('\n'));
  const keys = all.map((project) => project.key);
  const known = keys.length === 0 ? 'there is none; make one with: sallyport init <database-url>' : `there is: ${keys.join(', ')}`;
  throw new CommandError(`no project "${key}" in ${folder}; ${known}`);
}

/** A secret for signing tokens: 256 random bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** How a file is named to people, and in project files: short below the current directory, whole elsewhere. */
export function shortPath(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') || short === '' ? resolve(path) : short;
}

/**
 * Writes a new project file, readable by its owner alone since it holds secrets.
 *
 * @throws CommandError when the file is there and `force` is not set
 */
export async function writeProjectFile(folder: string, key: string, content: object, force = false): Promise<string> {
  const path = join(folder, `${key}.json`);
  await mkdir(folder, { recursive: true });
  const file = await open(path, force ? 'w' : 'wx', 0o600).catch((error: unknown) => {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw exists ? new CommandError(`${shortPath(path)} exists already; --force overwrites it`) : error;
  });
  try {
    // An older file keeps its mode when it is overwritten.
    await file.chmod(0o600);
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
  } finally {
    await file.close();
  }
  return path;
}
