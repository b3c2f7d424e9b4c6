/** What commands share about project files: finding one by its key, writing one. */
import { join } from 'node:path';
import { environmentProject } from '../config/environment.ts';
import { loadProjects } from '../config/load.ts';
import { type NewFile, shortPath, writeProjectFile } from '../config/project-file.ts';
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

/**
 * Writes a new project file.
 *
 * @throws CommandError when the file is there and `force` is not set
 */
export async function saveProjectFile(folder: string, file: NewFile): Promise<string> {
  const path = await writeProjectFile(folder, file);
  if (path === undefined) throw new CommandError(`${shortPath(join(folder, `${file.key}.json`))} exists already; --force overwrites it`);
  return path;
}
