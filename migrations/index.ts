/** The migrations in order, as modules: nothing is found by file name, so built and unbuilt code run the same list. */
import type { Knex } from 'knex';
import * as ledger from './0001-ledger.ts';
import * as metadata from './0002-metadata.ts';
import * as identity from './0003-identity.ts';
import * as settingsAndFiles from './0004-settings-and-files.ts';
import * as history from './0005-history.ts';
import * as app from './0006-app.ts';
import * as historyIndexes from './0007-history-indexes.ts';
import * as idempotency from './0008-idempotency.ts';
import * as outbox from './0009-outbox.ts';
import * as preferences from './0010-preferences.ts';

export interface NumberedMigration extends Knex.Migration {
  /** Goes into directus_migrations.version: fourteen digits like Directus's own, and later than any of them. */
  readonly version: number;
  readonly name: string;
}

const migrations: readonly NumberedMigration[] = [
  { version: 20261121000001, name: 'SallyportLedger', ...ledger },
  { version: 20261121000002, name: 'SallyportMetadata', ...metadata },
  { version: 20261121000003, name: 'SallyportIdentity', ...identity },
  { version: 20261121000004, name: 'SallyportSettingsAndFiles', ...settingsAndFiles },
  { version: 20261121000005, name: 'SallyportHistory', ...history },
  { version: 20261121000006, name: 'SallyportApp', ...app },
  { version: 20261121000007, name: 'SallyportHistoryIndexes', ...historyIndexes },
  { version: 20261121000008, name: 'SallyportIdempotency', ...idempotency },
  { version: 20261121000009, name: 'SallyportOutbox', ...outbox },
  { version: 20261121000010, name: 'SallyportPreferences', ...preferences },
];

/** For whatever runs knex migrations; ours is system/install, which records them where Directus does. */
export const migrationSource: Knex.MigrationSource<NumberedMigration> = {
  getMigrations: async () => [...migrations],
  getMigrationName: (migration) => `${migration.version} ${migration.name}`,
  getMigration: async (migration) => migration,
};
