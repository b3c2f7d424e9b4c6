/** PostgreSQL as a vendor. */
import type { Vendor } from '../../dialect/types.ts';
import { postgresDdl } from './ddl.ts';
import { isStale, translate } from './errors.ts';
import { fingerprint, introspect } from './introspect.ts';
import { replication } from './replication.ts';

export const postgres: Vendor = {
  name: 'pg',
  // The driver is loaded by the first project that needs it.
  connect: async (config) => (await import('./connection.ts')).connect(config),
  introspect,
  fingerprint,
  translate,
  ddl: postgresDdl,
  isStale,
  replication,
};
