/** PostgreSQL as a vendor. */
import type { Vendor } from '../../dialect/types.ts';
import { connect } from './connection.ts';
import { isStale, translate } from './errors.ts';
import { fingerprint, introspect } from './introspect.ts';

export const postgres: Vendor = { name: 'pg', connect, introspect, fingerprint, translate, isStale };
