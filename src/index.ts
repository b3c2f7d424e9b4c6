/** The embedding API: the gateway inside another Node program. */
import { shortestSuperAdminToken } from './config/environment.ts';
import { loadProjects } from './config/load.ts';
import type { ProjectConfig } from './config/types.ts';
import { GatewayError } from './lib/errors.ts';
import { type Log, silentLog } from './lib/log.ts';
import { createRegistry, type Registry } from './projects/registry.ts';
import type { Administration } from './server/administration/super-admin.ts';
import { buildServer, type Server, type ServerOptions } from './server/app.ts';
import { type OperationsSettings, usualOperations } from './server/operations/settings.ts';
import { createTelemetry } from './server/operations/telemetry.ts';

export type { ProjectConfig } from './config/types.ts';
export type { DatabaseConfig, VendorName } from './dialect/types.ts';
export type { HookCaller, Payload } from './engine/hooks.ts';
export { defineEndpoint, defineHook, definePayload } from './extensions/define.ts';
export type * from './extensions/types.ts';
export { type ErrorKind, type ErrorName, errorKinds } from './lib/error-kinds.ts';
export { describeError, GatewayError } from './lib/errors.ts';
export type { Log } from './lib/log.ts';
export { ExactNumber } from './lib/plain-json.ts';
export type { ProjectState, Registry } from './projects/registry.ts';
export type { Server } from './server/app.ts';
export type { OperationsSettings } from './server/operations/settings.ts';

export interface GatewayOptions extends Pick<ServerOptions, 'logger' | 'trustProxy' | 'adminFolder'> {
  /** How the process is run, as far as it is not the usual way; `metrics.port` is `start`'s alone. */
  readonly operations?: Partial<OperationsSettings>;
  /** Configurations, or the folder of project files to read once. */
  readonly projects: readonly ProjectConfig[] | string;
  /** Makes and deletes projects in the folder that `projects` names (`/server/projects`); at least 16 characters. */
  readonly superAdminToken?: string;
  /** Where SQLite databases of new projects are made; `data` without it. */
  readonly dataFolder?: string;
}

export interface Gateway {
  /** The Fastify server: call `listen` on it, or `inject` requests. */
  readonly server: Server;
  /** Projects may be added, replaced and removed while it serves. */
  readonly registry: Registry;
  /** Stops listening, waits for requests under way, closes all connections. */
  close(): Promise<void>;
}

/**
 * Builds a gateway. Every project had its first attempt to open when this resolves; one whose database is away answers 503 and is
 * tried again by itself.
 *
 * @throws GatewayError `unprocessable` when a project file has faults; its message names them all
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const log: Log = options.logger ?? silentLog;
  const configs = typeof options.projects === 'string' ? await readFolder(options.projects) : options.projects;
  const operations = { ...usualOperations, ...options.operations };
  const telemetry = await createTelemetry(operations);
  const registry = createRegistry({ log, watch: telemetry.watch });
  await Promise.all(configs.map((config) => registry.set(config)));
  const server = await buildServer({ ...options, operations, telemetry, registry, administration: administrationOf(options, registry) });
  return {
    server,
    registry,
    async close() {
      await server.close();
      await registry.close();
    },
  };
}

function administrationOf({ projects, superAdminToken, dataFolder }: GatewayOptions, registry: Registry): Administration | undefined {
  if (superAdminToken === undefined) return undefined;
  if (superAdminToken.length < shortestSuperAdminToken) {
    throw new GatewayError('unprocessable', { message: `superAdminToken must have at least ${shortestSuperAdminToken} characters` });
  }
  const projectsFolder = typeof projects === 'string' ? projects : undefined;
  return {
    superAdminToken,
    projectsFolder,
    dataFolder,
    async changed(key) {
      const loaded = projectsFolder === undefined ? [] : await loadProjects(projectsFolder, process.env);
      const found = loaded.find((project) => project.key === key);
      if (found?.config) await registry.set(found.config);
      else await registry.remove(key);
    },
  };
}

async function readFolder(folder: string): Promise<ProjectConfig[]> {
  const loaded = await loadProjects(folder, process.env);
  const faults = loaded.flatMap((project) => project.faults);
  if (faults.length > 0) throw new GatewayError('unprocessable', { message: faults.join('\n') });
  return loaded.flatMap((project) => project.config ?? []);
}
