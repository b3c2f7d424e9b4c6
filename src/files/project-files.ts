/** What a project that is open has of files. */
import type { ProjectConfig } from '../config/types.ts';
import { openStorage } from './open-storage.ts';
import type { Storage } from './types.ts';

export interface ProjectFiles {
  readonly storage: Storage;
  close(): Promise<void>;
}

/** Opens what a project's configuration says of files. */
export async function openFiles(config: ProjectConfig): Promise<ProjectFiles> {
  const storage = await openStorage(config.storage);
  return { storage, close: () => storage.close() };
}
