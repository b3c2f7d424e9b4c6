/** A plain model of who may read what of the garden, worked out from the fixture alone (directus8-data §10). */
import { foreignTables } from '../fixtures/garden-foreign.ts';
import { gardenPeople, readPermissions } from '../fixtures/garden-people.ts';
import { managedTables } from '../fixtures/garden-tables.ts';
import type { Cell, TableDef } from './schema-text.ts';

export type Row = Readonly<Record<string, Cell>>;

export interface Caller {
  /** 0 is the public. */
  readonly user: number;
  readonly role: number;
}

const statuses: Readonly<Record<string, { field: string; mapped: readonly string[]; softDeleted: readonly string[] }>> = {
  plants: { field: 'status', mapped: ['draft', 'review', 'published', 'archived'], softDeleted: ['archived'] },
  tasks: { field: 'state', mapped: ['1', '2', '3'], softDeleted: ['3'] },
  directus_users: { field: 'status', mapped: ['draft', 'invited', 'active', 'suspended', 'deleted'], softDeleted: ['deleted'] },
};

const owners: Readonly<Record<string, string>> = { plants: 'owner', sightings: 'observer', tasks: 'assignee', directus_users: 'id' };

const users = gardenPeople.find(({ table }) => table === 'directus_users') ?? { columns: [], rows: [] };

export const gardenTables: readonly TableDef[] = [...managedTables, ...foreignTables];

export function asRow(columns: readonly string[], cells: readonly Cell[]): Row {
  return Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? null]));
}

const roleOfUser = new Map(users.rows.map((cells) => asRow(users.columns, cells)).map((row) => [Number(row['id']), Number(row['role'])]));

export function columnsOf(collection: string): readonly string[] {
  if (collection === 'directus_users') return users.columns;
  return gardenTables.find((table) => table.name === collection)?.columns.map((column) => column.name) ?? [];
}

export function rowsOf(collection: string): Row[] {
  if (collection === 'directus_users') return users.rows.map((cells) => asRow(users.columns, cells));
  const table = gardenTables.find((one) => one.name === collection);
  return table ? table.rows.map((cells) => asRow(columnsOf(collection), cells)) : [];
}

/** The columns that decide who may read a row. */
export function decidingColumns(collection: string): string[] {
  return [statuses[collection]?.field, owners[collection]].filter((name) => name !== undefined);
}

function owned(collection: string, row: Row, level: string, caller: Caller): boolean {
  if (level === 'full') return true;
  const field = owners[collection];
  if (field === undefined || level === 'none') return false;
  const owner = row[field];
  if (owner === null || owner === undefined) return false;
  if (Number(owner) === caller.user) return true;
  return level === 'role' && roleOfUser.get(Number(owner)) === caller.role;
}

/** The permission that holds for a row: the first one of its status, or the first of all when none is by status. */
function permissionFor(collection: string, row: Row, caller: Caller) {
  const granted = readPermissions.filter((one) => one.role === caller.role && one.collection === collection);
  const byStatus = granted.filter((one) => one.status !== null);
  if (byStatus.length === 0) return granted[0];
  const status = statuses[collection];
  return status && byStatus.find((one) => one.status === String(row[status.field] ?? ''));
}

/** Whether the caller may ever see the row, whatever the `status` parameter says. */
export function readable(collection: string, row: Row, caller: Caller): boolean {
  const permission = permissionFor(collection, row, caller);
  if (!permission || !owned(collection, row, permission.level, caller)) return false;
  const status = statuses[collection];
  return !status?.softDeleted.includes(String(row[status.field] ?? ''));
}

/** Whether a list shows the row when nothing is said about status. */
export function listed(collection: string, row: Row, caller: Caller): boolean {
  const status = statuses[collection];
  return readable(collection, row, caller) && (!status || status.mapped.includes(String(row[status.field] ?? '')));
}

/** Columns of a readable row that the caller may not see. */
export function hiddenColumns(collection: string, row: Row, caller: Caller): readonly string[] {
  const secret = collection === 'directus_users' ? ['password', 'token', '2fa_secret', 'password_reset_token'] : [];
  return [...secret, ...(permissionFor(collection, row, caller)?.hidden ?? [])];
}

/** Whether any row could be readable: else the collection answers as one that may not be read. */
export function granted(collection: string, caller: Caller): boolean {
  const rows = readPermissions.filter((one) => one.role === caller.role && one.collection === collection);
  const byStatus = rows.filter((one) => one.status !== null);
  const counting = byStatus.length > 0 ? (statuses[collection] ? byStatus : []) : rows.slice(0, 1);
  const ownerless = owners[collection] === undefined && statuses[collection] === undefined;
  return counting.some((one) => (ownerless ? one.level === 'full' : one.level !== 'none'));
}
