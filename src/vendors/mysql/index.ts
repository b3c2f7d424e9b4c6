/** MySQL and MariaDB as a vendor. */
import type { Vendor } from '../../dialect/types.ts';
import { fingerprint } from './catalogue.ts';
import { mysqlDdl } from './ddl.ts';
import { isStale, translate } from './errors.ts';
import { introspect } from './introspect.ts';
import { replication } from './replication.ts';

export const mysql: Vendor = {
  name: 'mysql2',
  // The driver is loaded by the first project that needs it.
  connect: async (config) => (await import('./connection.ts')).connect(config),
  introspect,
  fingerprint,
  translate,
  ddl: mysqlDdl,
  isStale,
  replication,
};
