/** What a project that is open has of files. */
import type { ProjectConfig } from '../config/types.ts';
import type { Log } from '../lib/log.ts';
import { type AssetSettings, assetSettingsOf } from './asset-settings.ts';
import { openStorage } from './open-storage.ts';
import { createThumbnails, type Thumbnails } from './thumbnails.ts';
import type { Storage } from './types.ts';

export interface ProjectFiles {
  readonly storage: Storage;
  readonly settings: AssetSettings;
  readonly thumbnails: Thumbnails;
  /** Moves whenever rows of files were written: what was read of them before may be out of date. */
  readonly version: number;
  /** To be called after rows of files were written. */
  rewritten(): void;
  close(): Promise<void>;
}

/** Opens what a project's configuration says of files. */
export async function openFiles(config: ProjectConfig, log: Log): Promise<ProjectFiles> {
  const storage = await openStorage(config.storage);
  const settings = assetSettingsOf(config.assets);
  const thumbnails = createThumbnails(storage, settings, log);
  let version = 1;
  return {
    storage,
    settings,
    thumbnails,
    get version() {
      return version;
    },
    rewritten() {
      version += 1;
    },
    async close() {
      await thumbnails.close();
      await storage.close();
    },
  };
}
