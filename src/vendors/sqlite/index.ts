/** SQLite as a vendor. */
import type { Vendor } from '../../dialect/types.ts';
import { sqliteDdl } from './ddl.ts';
import { isStale, translate } from './errors.ts';
import { changed, fingerprint, introspect } from './introspect.ts';

export const sqlite: Vendor = {
  name: 'better-sqlite3',
  // The driver is loaded by the first project that needs it.
  connect: async (config) => (await import('./connection.ts')).connect(config),
  introspect,
  changed,
  fingerprint,
  translate,
  ddl: sqliteDdl,
  isStale,
};
