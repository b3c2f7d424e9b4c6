/** Holds a project's current schema, notices when the database has another one, and swaps it whole. */
import { createHash } from 'node:crypto';
import type { Connection, Introspection, Vendor } from '../dialect/types.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import { singleFlight } from '../lib/single-flight.ts';
import { buildSchema } from '../schema/build.ts';
import type { Metadata, Schema } from '../schema/types.ts';
import { loadMetadata } from './metadata.ts';
import { createPoll, digestOf } from './poll.ts';

export interface SchemaStore {
  /** The schema of this moment. A request keeps the one it started with. */
  readonly current: Schema;
  readonly introspection: Introspection;
  /** Reads catalogue and metadata anew; resolves when the new schema is `current`. Runs are never concurrent. */
  reload(): Promise<void>;
  /** Reads the metadata tables alone, and makes a new schema when they say something else than before. */
  refreshMetadata(): Promise<void>;
  /**
   * To be called before a request. On SQLite the result is to be awaited: it looks at `pragma schema_version` and reloads when
   * that moved. Elsewhere nothing is returned, and a look at the catalogue may start in the background.
   */
  checkFresh(): Promise<void> | undefined;
  /**
   * To be called when a statement failed that should not have: compares at once, and reloads when the database has changed.
   *
   * @returns whether there is another schema now, so that a read is worth one more try
   */
  suspect(): Promise<boolean>;
  /** Ends background work. */
  close(): Promise<void>;
}

export interface SchemaStoreOptions {
  readonly connection: Connection;
  readonly vendor: Vendor;
  readonly schemas?: readonly string[] | undefined;
  readonly log: Log;
  /** Called after the catalogue was read anew, when the store is already up to date. */
  readonly onReload?: () => Promise<void>;
}

/** How long a change made by others may stay unseen where the database does not tell (architecture §9). */
const catalogueInterval = 30_000;
/** Until the system tables are there somebody is likely to be about to install them. */
const uninstalledInterval = 5_000;

interface State {
  readonly fingerprint: string;
  readonly introspection: Introspection;
  readonly metadata: Metadata;
  readonly metadataHash: string;
  readonly schema: Schema;
}

function hashOf(metadata: Metadata): string {
  const sha = (text: string): string => createHash('sha1').update(text).digest('base64');
  const rows = [metadata.collections, metadata.fields, metadata.relations, [metadata.statusMapping ?? null]];
  return rows.map((one) => digestOf(one, sha)).join();
}

/** Whether the database has the tables that `install` makes. */
export function isInstalled(introspection: Introspection): boolean {
  return introspection.tables.some((table) => table.name === 'directus_users' && table.schema === introspection.defaultSchema);
}

/**
 * Reads the schema for the first time.
 *
 * @throws GatewayError `database_unavailable`, or whatever the vendor says of a catalogue it cannot read
 */
export async function openSchemaStore(options: SchemaStoreOptions): Promise<SchemaStore> {
  const { connection, vendor, schemas, log } = options;

  const read = async (version: number): Promise<State> => {
    // Taken first: what changes while the catalogue is read makes the next comparison fail, not go unseen.
    const fingerprint = await vendor.fingerprint(connection, schemas);
    const introspection = await vendor.introspect(connection, schemas);
    const metadata = await loadMetadata(connection, connection.dialect, introspection);
    return {
      fingerprint,
      introspection,
      metadata,
      metadataHash: hashOf(metadata),
      schema: buildSchema(introspection, metadata, version),
    };
  };

  let state = await read(1);

  const reload = singleFlight(async () => {
    state = await read(state.schema.version + 1);
    log.info({ version: state.schema.version, collections: state.schema.collections.size }, 'schema read anew');
    await options.onReload?.();
  });

  const refreshMetadata = singleFlight(async () => {
    const before = state;
    const metadata = await loadMetadata(connection, connection.dialect, before.introspection);
    const metadataHash = hashOf(metadata);
    if (metadataHash === state.metadataHash || state !== before) return;
    const schema = buildSchema(before.introspection, metadata, before.schema.version + 1);
    state = { ...before, metadata, metadataHash, schema };
    log.info({ version: schema.version }, 'metadata changed');
  });

  const lookAtCatalogue = async (): Promise<void> => {
    if ((await vendor.fingerprint(connection, schemas)) !== state.fingerprint) await reload();
  };

  const suspect = singleFlight(async () => {
    const { version } = state.schema;
    try {
      await lookAtCatalogue();
    } catch (error) {
      log.debug({ reason: reason(error) }, 'could not check the schema');
    }
    return state.schema.version !== version;
  });

  const poll = createPoll({
    what: 'the schema',
    every: () => (isInstalled(state.introspection) ? catalogueInterval : uninstalledInterval),
    look: lookAtCatalogue,
    log,
  });

  return {
    get current() {
      return state.schema;
    },
    get introspection() {
      return state.introspection;
    },
    reload,
    refreshMetadata,
    checkFresh() {
      if (vendor.name !== 'better-sqlite3') {
        poll.kick();
        return undefined;
      }
      // The request itself meets the same trouble and answers for it.
      return lookAtCatalogue().catch((error: unknown) => log.warn({ reason: reason(error) }, 'could not check the schema'));
    },
    suspect,
    close: () => poll.stop(),
  };
}
