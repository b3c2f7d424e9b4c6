/** The real server over some projects, on a port of its own, with every statement that reaches the database counted. */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LimitSettings } from '../../src/config/schema.ts';
import type { ProjectConfig } from '../../src/config/types.ts';
import type { Connection, DatabaseConfig } from '../../src/dialect/types.ts';
import type { Statement } from '../../src/lib/fragment.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry, type Registry } from '../../src/projects/registry.ts';
import { buildServer, type ServerOptions } from '../../src/server/app.ts';

/** The key of the project that most tests ask. */
export const project = 'garden';

export interface Gateway {
  /** Without a slash at the end and without the project. */
  readonly url: string;
  readonly registry: Registry;
  /** Of the first project, where it was open. */
  readonly connection: Connection | undefined;
  /** Statements since the start or since `clear`. */
  readonly statements: Statement[];
  close(): Promise<void>;
}

export type GatewaySettings = Partial<
  Pick<
    ProjectConfig,
    | 'changes'
    | 'redis'
    | 'webhooks'
    | 'auth'
    | 'cors'
    | 'graphql'
    | 'strapi'
    | 'surfaces'
    | 'mail'
    | 'scim'
    | 'sso'
    | 'storage'
    | 'uploads'
    | 'assets'
  >
>;

function projectConfig(key: string, database: DatabaseConfig, limits: LimitSettings, settings: GatewaySettings) {
  return {
    key,
    database,
    secret: `the secret of ${key}, long enough`,
    storage: { driver: 'local', root: join(tmpdir(), 'sallyport-test-storage') },
    surfaces: { strapi: true, payload: true },
    private: false,
    limits,
    ...settings,
  } as const;
}

/** Starts a server for projects by key, all of the same limits; without a logger it logs nothing. Statements of the first are counted. */
export async function startGateway(
  projects: Readonly<Record<string, DatabaseConfig>>,
  limits: LimitSettings = {},
  logger?: ServerOptions['logger'],
  settings: GatewaySettings = {},
  trustProxy?: ServerOptions['trustProxy'],
): Promise<Gateway> {
  const registry = createRegistry({ log: silentLog, backoff: { first: 100, longest: 200 } });
  for (const [key, config] of Object.entries(projects)) await registry.set(projectConfig(key, config, limits, settings));
  const app = await buildServer({ registry, logger, trustProxy });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const statements: Statement[] = [];
  const connection = await openConnection(registry, Object.keys(projects)[0] ?? project);
  if (connection) connection.onStatement = (statement) => void statements.push(statement);
  return {
    url,
    registry,
    connection,
    statements,
    async close() {
      await app.close();
      await registry.close();
    },
  };
}

/** Undefined while its database is down. */
async function openConnection(registry: Registry, key: string): Promise<Connection | undefined> {
  try {
    const lease = await registry.lease(key);
    lease.release();
    return lease.project.connection;
  } catch {
    return undefined;
  }
}
