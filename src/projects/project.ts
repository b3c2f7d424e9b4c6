/** One project that is open: its connection, schema and rules, and how many requests hold it. */
import type { ProjectConfig } from '../config/types.ts';
import type { Connection, Vendor } from '../dialect/types.ts';
import type { Log } from '../lib/log.ts';
import { vendorOf } from '../vendors/index.ts';
import { createPoll } from './poll.ts';
import { openRulesStore, type RulesStore } from './rules-store.ts';
import { isInstalled, openSchemaStore, type SchemaStore } from './schema-store.ts';

export interface Project {
  readonly key: string;
  readonly config: ProjectConfig;
  readonly connection: Connection;
  readonly vendor: Vendor;
  readonly schemas: SchemaStore;
  readonly rules: RulesStore;
  readonly log: Log;
  /** Whether the directus_* tables are there. */
  readonly installed: boolean;
  /** Counts a user in; the function returned counts it out, and may be called more than once. */
  use(): () => void;
  /** Before a request: see `SchemaStore.checkFresh`. Also starts, at most every two seconds, a look at metadata and rules. */
  checkFresh(): Promise<void> | undefined;
  /** Schema and rules anew. */
  reload(): Promise<void>;
  /** Waits for the last user, at most half a minute, and closes the connection. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Runs on the new connection before anything is read: the installation of an environment-only start. */
  readonly prepare?: ((connection: Connection) => Promise<void>) | undefined;
}

/** Metadata and rules written by another instance or by plain SQL are seen after this time, under traffic. */
const metadataInterval = 2_000;
const patience = 30_000;

/**
 * Connects, reads schema and rules.
 *
 * @throws GatewayError `database_unavailable` when the database does not answer or is too old; the connection is closed again then
 */
export async function openProject(config: ProjectConfig, log: Log, options: OpenOptions = {}): Promise<Project> {
  const vendor = vendorOf(config.database.client);
  const connection = await vendor.connect(config.database);
  try {
    await options.prepare?.(connection);
    return await assemble(config, log, vendor, connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function assemble(config: ProjectConfig, log: Log, vendor: Vendor, connection: Connection): Promise<Project> {
  const stores: { rules?: RulesStore } = {};
  const schemas = await openSchemaStore({
    connection,
    vendor,
    schemas: config.database.schemas,
    log,
    onReload: async () => stores.rules?.reload(),
  });
  const rules = await openRulesStore(connection, () => schemas.introspection, log);
  stores.rules = rules;

  const metadata = createPoll({
    what: 'metadata and rules',
    every: () => metadataInterval,
    look: async () => {
      await schemas.refreshMetadata();
      await rules.reload();
    },
    log,
  });

  const { introspection, current } = schemas;
  log.info(
    { database: introspection.version, collections: current.collections.size, remarks: current.remarks.length },
    `project ${config.key} is open`,
  );
  if (!isInstalled(introspection)) log.warn({}, `project ${config.key} has no system tables; run: sallyport install ${config.key}`);

  let users = 0;
  let idle: (() => void) | undefined;

  return {
    key: config.key,
    config,
    connection,
    vendor,
    schemas,
    rules,
    log,
    get installed() {
      return isInstalled(schemas.introspection);
    },
    use() {
      users += 1;
      let counted = true;
      return () => {
        if (!counted) return;
        counted = false;
        users -= 1;
        if (users === 0) idle?.();
      };
    },
    checkFresh() {
      metadata.kick();
      return schemas.checkFresh();
    },
    async reload() {
      await schemas.reload();
      await rules.reload();
    },
    async close() {
      if (users > 0) await lastUser();
      await Promise.all([metadata.stop(), schemas.close()]);
      await connection.close();
    },
  };

  function lastUser(): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, patience);
      idle = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
