/** A row of directus_permissions as clients get it. */
import type { Permission } from '../access/types.ts';

/** A permission as the wire has it: blacklists as lists, an absent status blacklist as null (directus8-data §10.7). */
export function permissionRow(row: Permission): Record<string, unknown> {
  return {
    id: row.id,
    collection: row.collection,
    role: Number(row.role),
    status: row.status,
    create: row.create,
    read: row.read,
    update: row.update,
    delete: row.delete,
    comment: row.comment,
    explain: row.explain,
    read_field_blacklist: row.readBlacklist,
    write_field_blacklist: row.writeBlacklist,
    status_blacklist: row.statusBlacklist,
  };
}
