/** Holds a project's current schema, notices when the database has another one, and swaps it whole. */
import type { Connection, Introspection, Vendor } from '../dialect/types.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import { singleFlight } from '../lib/single-flight.ts';
import { inSlices } from '../lib/slices.ts';
import { type Built, building } from '../schema/build.ts';
import { isSystemName, outboxTable } from '../schema/system.ts';
import type { Metadata, Schema } from '../schema/types.ts';
import { loadMetadata } from './metadata.ts';
import { createPoll } from './poll.ts';
import { provisionalSchema } from './provisional.ts';

export interface SchemaStore {
  /** The schema of this moment. A request keeps the one it started with. While a change is read it may be provisional. */
  readonly current: Schema;
  readonly introspection: Introspection;
  /** What the directus_* tables say of the schema. */
  readonly metadata: Metadata;
  /** Reads catalogue and metadata anew, all of it; resolves when the new schema is `current`. Runs are never concurrent. */
  reload(): Promise<void>;
  /** The same, of the catalogue only the tables that have changed. */
  renew(): Promise<void>;
  /** Reads the metadata tables alone, and makes a new schema when they say something else than before. */
  refreshMetadata(): Promise<void>;
  /**
   * To be called before a request. On SQLite the result is to be awaited: it looks at `pragma schema_version`, and when that moved,
   * finds out which tables have changed; `current` is provisional until they are read. Elsewhere nothing is returned, and a look at
   * the catalogue may start in the background; but for a database that had no system tables is looked before each request until it has.
   */
  checkFresh(): Promise<void> | undefined;
  /** Waits until `current` is not provisional; at once when it is not. */
  settled(): Promise<void>;
  /**
   * To be called when a statement failed that should not have: compares at once, and reads what has changed in the database.
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
  /** Called when there is another schema than before. */
  readonly onChange?: () => void;
}

/** How long a change made by others may stay unseen where the database does not tell (architecture §9). */
const catalogueInterval = 1_000;

interface State {
  readonly fingerprint: string;
  readonly built: Built;
}

/** A change that has been noticed and not read yet. */
interface Pending {
  readonly fingerprint: string;
  readonly changed: ReadonlySet<string>;
  /** Ends with the reading, whatever its outcome. */
  readonly reading: Promise<void>;
}

/** Whether the database has the tables that `install` makes. */
export function isInstalled(introspection: Introspection): boolean {
  return introspection.tables.some((table) => table.name === 'directus_users' && table.schema === introspection.defaultSchema);
}

const outboxes = new WeakMap<Introspection, boolean>();

/** Whether the table of webhooks' calls is there: an older installation has none. Looked for once. */
export function holdsOutbox(introspection: Introspection): boolean {
  let found = outboxes.get(introspection);
  if (found === undefined) {
    found = introspection.tables.some((table) => table.name === outboxTable && table.schema === introspection.defaultSchema);
    outboxes.set(introspection, found);
  }
  return found;
}

/**
 * Reads the schema for the first time.
 *
 * @throws GatewayError `database_unavailable`, or whatever the vendor says of a catalogue it cannot read
 */
export async function openSchemaStore(options: SchemaStoreOptions): Promise<SchemaStore> {
  const { connection, vendor, schemas, log } = options;
  let version = 0;

  const read = async (before?: State, anew = false): Promise<State> => {
    // Taken first: what changes while the catalogue is read makes the next comparison fail, not go unseen.
    const fingerprint = await vendor.fingerprint(connection, schemas);
    const introspection = await vendor.introspect(connection, schemas, before?.built.introspection, anew);
    const metadata = await loadMetadata(connection, connection.dialect, introspection, before?.built.metadata);
    version += 1;
    return { fingerprint, built: await inSlices(building(introspection, metadata, version, before?.built)) };
  };

  let state = await read();
  let pending: Pending | undefined;
  let shown = state.built.schema;

  const show = (): void => {
    shown = state.built.schema;
    if (!pending) return;
    version += 1;
    shown = provisionalSchema(shown, pending.changed, version);
  };

  /** One piece of work at a time changes the state. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };

  const readAgain = async (anew: boolean): Promise<void> => {
    const noticed = pending;
    const next = await read(state, anew);
    const moved = next.fingerprint !== state.fingerprint;
    state = next;
    // What was noticed meanwhile is still to be read.
    if (pending === noticed) pending = undefined;
    show();
    log.info({ version: shown.version, collections: shown.collections.size }, 'schema read anew');
    await options.onReload?.();
    if (moved) options.onChange?.();
  };
  const renew = singleFlight(() => inTurn(() => readAgain(false)));
  const reload = singleFlight(() => inTurn(() => readAgain(true)));

  const refresh = async (): Promise<void> => {
    const { built } = state;
    const metadata = await loadMetadata(connection, connection.dialect, built.introspection, built.metadata);
    if (metadata === built.metadata) return;
    version += 1;
    state = { ...state, built: await inSlices(building(built.introspection, metadata, version, built)) };
    show();
    log.info({ version: shown.version }, 'metadata changed');
    options.onChange?.();
    // Another instance that changes a table also changes what is said of it, which is seen sooner.
    if (!vendor.changed) poll.soon();
  };

  /** Whether it was read anew. */
  const lookAtCatalogue = async (): Promise<boolean> => {
    if ((await vendor.fingerprint(connection, schemas)) === state.fingerprint) return false;
    await renew();
    return true;
  };

  /** Finds out what a moved fingerprint means. Waits for the reading only where everybody depends on what has changed. */
  const notice = singleFlight(async () => {
    const fingerprint = await vendor.fingerprint(connection, schemas);
    if (fingerprint === (pending ?? state).fingerprint) return;
    const changed = await vendor.changed?.(connection, state.built.introspection);
    if (!changed || [...changed].some(isSystemName)) return renew();
    if (changed.size === 0 && !pending) {
      state = { ...state, fingerprint };
      return;
    }
    const noticed: Pending = { fingerprint, changed, reading: Promise.resolve() };
    const reading = renew().catch((error: unknown) => {
      // The next request tries again.
      log.warn({ reason: reason(error) }, 'could not read the schema');
      if (pending?.changed === noticed.changed) pending = undefined;
      show();
    });
    pending = { ...noticed, reading };
    show();
  });

  // An older installation may lack the table that comes last; it is not waited for where the others were there from the start.
  let installed = isInstalled(state.built.introspection);

  const suspect = singleFlight(async () => {
    const seen = state;
    try {
      await lookAtCatalogue();
    } catch (error) {
      log.debug({ reason: reason(error) }, 'could not check the schema');
    }
    return state.built.schema !== seen.built.schema;
  });

  const poll = createPoll({
    what: 'the schema',
    every: () => catalogueInterval,
    look: lookAtCatalogue,
    log,
  });

  return {
    get current() {
      return shown;
    },
    get introspection() {
      return state.built.introspection;
    },
    get metadata() {
      return state.built.metadata;
    },
    reload,
    renew,
    refreshMetadata: singleFlight(() => inTurn(refresh)),
    checkFresh() {
      if (!vendor.changed && !installed) return lookForInstallation();
      if (!vendor.changed) {
        poll.kick();
        return undefined;
      }
      // The request itself meets the same trouble and answers for it.
      return look().catch((error: unknown) => log.warn({ reason: reason(error) }, 'could not check the schema'));
    },
    async settled() {
      while (pending) await pending.reading;
    },
    suspect,
    close: () => poll.stop(),
  };

  /** Nobody who comes after an installation is to be refused because it was not seen yet. */
  async function lookForInstallation(): Promise<void> {
    await suspect();
    installed = isInstalled(state.built.introspection) && holdsOutbox(state.built.introspection);
  }

  async function look(): Promise<void> {
    if ((await vendor.fingerprint(connection, schemas)) !== (pending ?? state).fingerprint) await notice();
  }
}
