/** Makes a database ready to be served with users and rights: the directus_* tables, their start rows and an administrator. */
import type { Knex } from 'knex';
import { type ExistingTable, systemTables } from '../../migrations/catalogue.ts';
import { vendorOfKnex } from '../../migrations/shape.ts';
import type { Connection } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { type Credentials, checkCredentials, ensureAdministrator } from './administrator.ts';
import { type Changes, countMigrations, isRecorded, migrate, now, record, systemTableNames } from './migrate.ts';
import { type SeedOptions, seed } from './seed.ts';

/** Follows the migrations in the ledger. */
const seedVersion = 20261121000100;

export interface InstallOptions extends Credentials {
  /** Shown to people who sign in. */
  readonly projectName?: string;
  /** Where the app is reached, for links in mails. */
  readonly appUrl?: string;
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

export interface Installed {
  /** Tables that were made. */
  readonly created: string[];
  /** Columns and indexes added to tables that were there, as words for people. */
  readonly upgraded: string[];
  readonly adminId: string;
  readonly adminCreated: boolean;
}

/** The part of a connection an installation needs. */
type Migratable = Pick<Connection, 'knex'>;

/**
 * Creates or upgrades the directus_* tables and makes sure of an administrator with these credentials.
 *
 * It may run any number of times: what is there is kept, on a database of Directus 8 as on our own, and no other table is touched.
 * Everything happens in one transaction; on MySQL, where making a table ends one, the rows do. Two installations at once wait for each other.
 *
 * @throws GatewayError `validation` for unusable credentials, `unprocessable` for a database of another generation of Directus
 * and for what `ensureAdministrator` refuses
 */
export async function install(connection: Migratable, options: InstallOptions): Promise<Installed> {
  checkCredentials(options);
  const total = (await countMigrations()) + 2;
  let done = 0;
  const step = (name: string) => {
    options.onProgress?.(name, done, total);
    done += 1;
  };
  const result = await exclusively(connection.knex, async (knex) => {
    const changes = await upgradeWith(knex, options, step);
    step('Administrator');
    const administrator = await ensureAdministrator(knex, options);
    return { changes, administrator };
  });
  options.onProgress?.('Done', total, total);
  return {
    created: [...result.changes.created],
    upgraded: [...result.changes.upgraded],
    adminId: result.administrator.id,
    adminCreated: result.administrator.created,
  };
}

/** The tables and rows; the rest of an installation follows in the same transaction. */
async function upgradeWith(
  knex: Knex.Transaction,
  options: Pick<InstallOptions, 'projectName' | 'appUrl'>,
  step: (name: string) => void,
): Promise<Changes> {
  refuseOtherGenerations(await systemTables(knex));
  const changes = await migrate(knex, step);
  // MySQL ended the transaction with the first table it made.
  if (vendorOfKnex(knex) === 'mysql') await knex.raw('start transaction');
  step('Start rows');
  await seedOnce(knex, changes, { projectName: options.projectName ?? 'Sallyport', appUrl: options.appUrl ?? '' });
  return changes;
}

/**
 * Brings the system tables of an installation up to date: what is missing is made, as by `install`, and nobody gets an account.
 *
 * @throws GatewayError `unprocessable` for a database of another generation of Directus
 */
export async function upgrade(connection: Migratable): Promise<Pick<Installed, 'created' | 'upgraded'>> {
  return exclusively(connection.knex, async (knex) => {
    const { created, upgraded } = await upgradeWith(knex, {}, () => undefined);
    return { created: [...created], upgraded: [...upgraded] };
  });
}

/** Whether all system tables are there, made by us or by Directus 8. */
export async function isInstalled(connection: Migratable): Promise<boolean> {
  const tables = await systemTables(connection.knex);
  return systemTableNames.every((name) => tables.has(name));
}

/** Once only: whoever deletes a seeded row later does not find it back after the next start. */
async function seedOnce(knex: Knex, changes: Changes, options: SeedOptions): Promise<void> {
  const recorded = await isRecorded(knex, seedVersion);
  if (recorded && changes.created.length === 0 && changes.columns.size === 0) return;
  const started = now();
  await seed(knex, changes, options);
  if (!recorded) await record(knex, seedVersion, 'SallyportStartRows', started);
}

/** Directus 7 and 9 use the same names for tables of another shape; adding columns to those would break them for their owner. */
function refuseOtherGenerations(tables: ReadonlyMap<string, ExistingTable>): void {
  const users = tables.get('directus_users')?.columns;
  const fields = tables.get('directus_fields')?.columns;
  const foreign =
    (users && !(users.has('email') && users.has('role') && /int/.test(users.get('id') ?? ''))) ||
    (fields && (!fields.has('type') || fields.has('special')));
  if (foreign) {
    throw new GatewayError('unprocessable', {
      message:
        'This database holds directus_* tables of another version than Directus 8; they are left as they are. Use a database without them',
    });
  }
}

/** Runs inside one transaction, and not beside another installation. */
async function exclusively<T>(pool: Knex, run: (knex: Knex.Transaction) => Promise<T>): Promise<T> {
  return pool.transaction(async (knex) => {
    const vendor = vendorOfKnex(knex);
    if (vendor === 'pg') await knex.raw("select pg_advisory_xact_lock(hashtext('sallyport install'))");
    if (vendor !== 'mysql') return run(knex);
    const lock = "concat('sallyport ', left(sha2(database(), 256), 32))";
    const [row] = await knex.select(knex.raw(`get_lock(${lock}, 60) as got`));
    if (Number(row?.got) !== 1) {
      throw new GatewayError('unprocessable', { message: 'Another installation is running on this database; try again when it has ended' });
    }
    try {
      const result = await run(knex);
      // Before the lock goes: whoever waits for it must find the rows.
      await knex.raw('commit');
      return result;
    } catch (error) {
      await knex.raw('rollback').catch(lost);
      throw error;
    } finally {
      await knex.select(knex.raw(`release_lock(${lock}) as released`)).catch(lost);
    }
  });
}

/** A lost connection has rolled back and given its locks away by itself; the first error is the one to tell. */
function lost(): void {}
