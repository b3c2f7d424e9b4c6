/** The list of vendors: the only file that names them all. */
import type { Vendor, VendorName } from '../dialect/types.ts';
import { mysql } from './mysql/index.ts';
import { postgres } from './postgres/index.ts';
import { sqlite } from './sqlite/index.ts';

const vendors: Record<VendorName, Vendor> = { pg: postgres, mysql2: mysql, 'better-sqlite3': sqlite };

/** The vendor of a project's `client`. */
export function vendorOf(client: VendorName): Vendor {
  return vendors[client];
}
