/** A project's configuration after files, environment and defaults have met. */
import type { DatabaseConfig } from '../dialect/types.ts';

export interface ProjectConfig {
  /** The first segment of every URL of the project. */
  readonly key: string;
  readonly database: DatabaseConfig;
  /** Signs tokens; at least 16 characters. */
  readonly secret: string;
  readonly storage: { readonly driver: 'local'; readonly root: string };
  /** Left out of GET /server/projects. */
  readonly private: boolean;
}
