/** MySQL and MariaDB as a vendor. */
import type { Vendor } from '../../dialect/types.ts';
import { fingerprint } from './catalogue.ts';
import { connect } from './connection.ts';
import { isStale, translate } from './errors.ts';
import { introspect } from './introspect.ts';

export const mysql: Vendor = { name: 'mysql2', connect, introspect, fingerprint, translate, isStale };
