/** One project that is open: its connection, schema and rules, and how many requests hold it. */
import type { ProjectConfig } from '../config/types.ts';
import type { Connection, Vendor } from '../dialect/types.ts';
import type { StatementWatch } from '../dialect/watched.ts';
import type { Hooks } from '../engine/hooks.ts';
import type { Webhook } from '../engine/outbox.ts';
import { type Deliveries, startDeliveries } from '../extensions/deliveries.ts';
import { deliverySettings } from '../extensions/delivery-settings.ts';
import { type ExtensionStore, openExtensions } from '../extensions/store.ts';
import { openFiles, type ProjectFiles } from '../files/project-files.ts';
import { within } from '../lib/abortable.ts';
import type { Log } from '../lib/log.ts';
import { createSealer, type Sealer } from '../lib/sealed-text.ts';
import { createSlots, type Slots } from '../lib/slots.ts';
import type { Limits } from '../query/limits.ts';
import type { Schema } from '../schema/types.ts';
import { vendorOf } from '../vendors/index.ts';
import { type Bus, createBus } from './bus.ts';
import { connectPrimary, limitsFor, type ReplicaOpener, replicaOpener } from './connect.ts';
import { createPoll } from './poll.ts';
import { isProvisional } from './provisional.ts';
import type { RedisLink } from './redis.ts';
import { openReplicas, type Replicas } from './replicas.ts';
import { startRetention } from './retention.ts';
import { openRulesStore, type RulesStore } from './rules-store.ts';
import { holdsOutbox, isInstalled, openSchemaStore, type SchemaStore } from './schema-store.ts';
import { createUseCounter } from './use-counter.ts';

export interface Project {
  readonly key: string;
  readonly config: ProjectConfig;
  readonly connection: Connection;
  readonly vendor: Vendor;
  readonly schemas: SchemaStore;
  readonly rules: RulesStore;
  readonly log: Log;
  /** Hooks and endpoints of its folder. */
  readonly extensions: ExtensionStore;
  /** Those of the moment; a request asks once. */
  readonly hooks: Hooks;
  /** Those that writes set off; none as long as there is no outbox to write to. */
  readonly webhooks: readonly Webhook[];
  /** Makes the calls of the outbox. */
  readonly deliveries: Deliveries;
  /** Where the content of files is. */
  readonly files: ProjectFiles;
  /** How much one request may ask for. */
  readonly limits: Limits;
  /** Seals cursors: with the project's secret, for the project alone. */
  readonly sealer: Sealer;
  /** Streams of rows that may run beside one another and leave the other readers their connections. */
  readonly streams: Slots;
  /** Tells other instances, and whoever listens in this one, of what has changed. */
  readonly bus: Bus;
  /** Where callers read, where there are copies of the database for that; `connection` is always the primary. */
  readonly replicas: Replicas | undefined;
  /** The Redis server of the project, if it has one. It may be away at any time. */
  readonly redis: RedisLink | undefined;
  /** Aborted when the project is about to close: what goes on without end is to end then. */
  readonly ending: AbortSignal;
  /** Whether the directus_* tables are there. */
  readonly installed: boolean;
  /** Counts a user in; the function returned counts it out, and may be called more than once. */
  use(): () => void;
  /** How many use it now. */
  readonly users: number;
  /** Before a request: see `SchemaStore.checkFresh`. Also starts, at most every two seconds, a look at metadata and rules. */
  checkFresh(): Promise<void> | undefined;
  /**
   * To be called after a read that failed under this schema: whether there is another one now with which to try once more. Waits for
   * it where the error tells that the schema is out of date, or where that is known already.
   */
  renewed(schema: Schema, error: unknown): Promise<boolean>;
  /** After a commit that wrote rows of these system collections: what is made of them is made anew. Never throws; a poll would do it too. */
  rewritten(collections: ReadonlySet<string>): Promise<void>;
  /** After a commit that left entries in the activity. */
  recorded(): void;
  /** Schema, rules and extensions anew, all of them. */
  reload(): Promise<void>;
  /** Waits for the last user, at most half a minute, and closes the connection. */
  close(): Promise<void>;
}

/** What is told of the statements of projects, by their keys. */
export type WatchOfProject = (key: string) => StatementWatch;

export interface OpenOptions {
  /** Looks at every statement; without it none is looked at. */
  readonly watch?: WatchOfProject | undefined;
  /** Called with every statement that is sent until the project is open. */
  readonly asking?: (() => void) | undefined;
  /** Runs on the new connection before anything is read: the installation of an environment-only start. */
  readonly prepare?: ((connection: Connection) => Promise<void>) | undefined;
  /** The link to the Redis server of the configuration; released when the project closes. */
  readonly redis?: RedisLink | undefined;
}

/** Metadata and rules written by another instance or by plain SQL are seen after this time, under traffic. */
const metadataInterval = 2_000;
const describing = ['directus_collections', 'directus_fields', 'directus_relations', 'directus_settings'];
const ruling = ['directus_permissions', 'directus_roles', 'directus_settings', 'directus_webhooks'];
const identifying = ['directus_users', 'directus_user_sessions'];
const patience = 30_000;
/** Milliseconds that a filter of an extension may take where no setting says so. */
const usualHookTime = 5_000;
/**
 * Connects, reads schema and rules.
 *
 * @throws GatewayError `database_unavailable` when the database does not answer or is too old; the connection is closed again then
 */
export async function openProject(config: ProjectConfig, log: Log, options: OpenOptions = {}): Promise<Project> {
  try {
    return await connected(config, log, options);
  } catch (error) {
    options.redis?.release();
    throw error;
  }
}

async function connected(config: ProjectConfig, log: Log, options: OpenOptions): Promise<Project> {
  const vendor = vendorOf(config.database.client);
  const watch = options.watch?.(config.key);
  const connection = await connectPrimary(config, vendor, watch);
  connection.onStatement = options.asking;
  try {
    await options.prepare?.(connection);
    const project = await assemble(config, log, vendor, connection, replicaOpener(config, vendor, watch), options.redis);
    connection.onStatement = undefined;
    return project;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function assemble(
  config: ProjectConfig,
  log: Log,
  vendor: Vendor,
  connection: Connection,
  open: ReplicaOpener,
  redis: RedisLink | undefined,
): Promise<Project> {
  const bus = createBus(config, redis);
  const ending = new AbortController();
  const stores: { rules?: RulesStore } = {};
  const schemas = await openSchemaStore({
    connection,
    vendor,
    schemas: config.database.schemas,
    log,
    onReload: async () => stores.rules?.reload(),
    onChange: () => bus.tell('schema'),
  });
  const rules = await openRulesStore(
    connection,
    () => schemas.introspection,
    log,
    () => bus.tell('rules'),
  );
  stores.rules = rules;
  const hookMilliseconds = config.limits?.hookMilliseconds ?? usualHookTime;
  const extensions = await openExtensions({ folder: config.extensions, project: config.key, log, hookMilliseconds });
  const files = await openFiles(config, log);

  const metadata = createPoll({
    what: 'metadata and rules',
    every: () => metadataInterval,
    look: async () => {
      const before = schemas.current;
      await schemas.refreshMetadata();
      await rules.reload();
      watchOutbox();
      return schemas.current !== before;
    },
    log,
  });

  bus.listen((topic, elsewhere) => {
    if (!elsewhere) return;
    if (topic === 'schema') void schemas.suspect();
    if (topic === 'schema' || topic === 'rules') metadata.soon();
  });

  const { history } = config;
  const keepsLess = history?.days !== undefined || history?.perItem !== undefined;
  const retention = keepsLess ? startRetention({ connection, schema: () => schemas.current, keep: history, log }) : undefined;

  const { introspection, current } = schemas;
  log.info(
    { database: introspection.version, collections: current.collections.size, remarks: current.remarks.length },
    `project ${config.key} is open`,
  );
  if (!isInstalled(introspection)) log.warn({}, `project ${config.key} has no system tables; run: sallyport install ${config.key}`);

  const hasOutbox = (): boolean => holdsOutbox(schemas.introspection);
  const watching = (): boolean => rules.webhooks.length > 0 && hasOutbox();
  const settings = deliverySettings(config);
  const deliveries = startDeliveries({ connection, log, settings, ready: hasOutbox, watching });
  let watched = watching();
  /** Who has webhooks now may have calls of others to make. */
  function watchOutbox(): void {
    if (watching() && !watched) deliveries.wake();
    watched = watching();
  }
  if (rules.webhooks.length > 0 && !hasOutbox()) {
    log.warn({}, `project ${config.key} has webhooks but no table for their calls; run: sallyport install ${config.key}`);
  }

  const { replication } = vendor;
  const replicas = config.database.replicas && replication && openReplicas({ config, primary: connection, replication, open, redis, log });

  const limits = limitsFor(config);
  const counter = createUseCounter();

  return {
    key: config.key,
    config,
    connection,
    vendor,
    schemas,
    rules,
    log,
    extensions,
    get hooks() {
      return extensions.hooks;
    },
    get webhooks() {
      return hasOutbox() ? rules.webhooks : [];
    },
    deliveries,
    files,
    limits,
    sealer: createSealer(config.secret, `sallyport cursor ${config.key}`),
    bus,
    replicas,
    redis,
    ending: ending.signal,
    streams: createSlots(Math.min(limits.exports, connection.streams)),
    get installed() {
      return isInstalled(schemas.introspection);
    },
    get users() {
      return counter.users;
    },
    use: counter.use,
    checkFresh() {
      metadata.kick();
      return schemas.checkFresh();
    },
    async renewed(schema, error) {
      const stale = vendor.isStale(error);
      if (stale) await schemas.renew();
      else if (isProvisional(schema)) await schemas.settled();
      return stale || (isProvisional(schema) && schemas.current !== schema);
    },
    async rewritten(collections) {
      if (collections.has('directus_files')) files.rewritten();
      try {
        if (describing.some((name) => collections.has(name))) await schemas.refreshMetadata();
        if (ruling.some((name) => collections.has(name))) await rules.reload();
        watchOutbox();
        if (identifying.some((name) => collections.has(name))) bus.tell('access');
      } catch (error) {
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'could not read what was written');
      }
    },
    recorded: () => bus.tell('changes'),
    async reload() {
      await schemas.reload();
      await rules.reload();
      await extensions.reload();
      watchOutbox();
    },
    async close() {
      ending.abort();
      await counter.unused(patience);
      await within(patience, extensions.settled());
      await Promise.all([metadata.stop(), schemas.close(), deliveries.stop(), retention?.stop(), files.close()]);
      bus.close();
      redis?.release();
      await replicas?.close();
      await connection.close();
    },
  };
}
