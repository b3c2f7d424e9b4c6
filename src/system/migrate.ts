/** Runs the migrations a database lacks and records them in directus_migrations, the ledger Directus keeps its own runs in (directus8-tables §16). */
import { type ExistingTable, systemTables } from '../../migrations/catalogue.ts';
import { migrationSource } from '../../migrations/index.ts';
import type { Connection } from '../dialect/types.ts';

type Knex = Connection['knex'];

const ledger = 'directus_migrations';

/** The fifteen system tables (directus8-tables §1.6), and those of our own. */
export const systemTableNames: readonly string[] = [
  'directus_activity',
  'directus_collection_presets',
  'directus_collections',
  'directus_fields',
  'directus_files',
  'directus_folders',
  'directus_migrations',
  'directus_permissions',
  'directus_relations',
  'directus_revisions',
  'directus_roles',
  'directus_settings',
  'directus_user_sessions',
  'directus_users',
  'directus_webhooks',
  'sallyport_idempotency',
  'sallyport_outbox',
  'sallyport_preferences',
];

export interface Changes {
  /** Tables that were made. */
  readonly created: readonly string[];
  /** Columns added to tables that were there, by table. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** The same with added indexes, as words for people. */
  readonly upgraded: readonly string[];
}

/** How many migrations there are, for whoever shows progress. */
export async function countMigrations(): Promise<number> {
  return (await migrationSource.getMigrations([])).length;
}

/**
 * Runs every migration that the ledger does not name, or all of them when a system table is missing: each makes only what is not there.
 *
 * @param onStep called before each migration, run or not
 */
export async function migrate(knex: Knex, onStep: (step: string) => void): Promise<Changes> {
  const before = await systemTables(knex);
  const done = before.has(ledger) ? await versions(knex) : new Set<string>();
  const complete = systemTableNames.every((name) => before.has(name));
  for (const migration of await migrationSource.getMigrations([])) {
    onStep(migration.name);
    const version = String(migration.version);
    if (complete && done.has(version)) continue;
    const started = now();
    await (await migrationSource.getMigration(migration)).up(knex);
    if (!done.has(version)) await record(knex, migration.version, migration.name, started);
  }
  return difference(before, await systemTables(knex));
}

/** Whether a step of ours that is no migration was recorded. */
export async function isRecorded(knex: Knex, version: number): Promise<boolean> {
  return (await versions(knex)).has(String(version));
}

/** Records a step in the ledger. `started` is a UTC time of day as {@link now} gives it. */
export async function record(knex: Knex, version: number, name: string, started: string): Promise<void> {
  await knex(ledger).insert({ version, migration_name: name, start_time: started, end_time: now() });
}

/** The time as the system tables hold it: UTC, `YYYY-MM-DD HH:MM:SS`. */
export function now(): string {
  return new Date().toISOString().slice(0, 19).replace('T', ' ');
}

async function versions(knex: Knex): Promise<Set<string>> {
  const rows: { version: unknown }[] = await knex(ledger).select('version');
  return new Set(rows.map((row) => String(row.version)));
}

function difference(before: ReadonlyMap<string, ExistingTable>, after: ReadonlyMap<string, ExistingTable>): Changes {
  const created: string[] = [];
  const columns = new Map<string, string[]>();
  const upgraded: string[] = [];
  for (const name of systemTableNames) {
    const now = after.get(name);
    const was = before.get(name);
    if (now && !was) created.push(name);
    if (!now || !was) continue;
    const added = [...now.columns.keys()].filter((column) => !was.columns.has(column));
    if (added.length > 0) columns.set(name, added);
    for (const column of added) upgraded.push(`${name}.${column}`);
    const known = new Set(was.indexes.map((index) => index.columns.join(', ')));
    for (const index of now.indexes) {
      if (!known.has(index.columns.join(', '))) upgraded.push(`${name} (${index.columns.join(', ')})`);
    }
  }
  return { created, columns, upgraded };
}
