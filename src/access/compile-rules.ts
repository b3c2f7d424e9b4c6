/** Turns the rows of directus_permissions, directus_roles and directus_settings into rules (directus8-data §10). */
import type { Row } from '../dialect/types.ts';
import { atOnce, type Sliced } from '../lib/slices.ts';
import { addressList } from './address-list.ts';
import type { CollectionRules, Level, Permission, RoleRules, Rules } from './types.ts';

/** Role 1 may do everything; role 2 is the role of requests without credentials (directus8-data §10.2). */
export const administratorRole = '1';
export const publicRole = '2';

const levels: readonly Level[] = ['none', 'mine', 'role', 'full'];

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function level(value: unknown): Level {
  return levels.find((known) => known === value) ?? 'none';
}

function csv(value: unknown): string[] {
  return (text(value) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function permission(row: Row): Permission {
  return {
    id: Number(row['id']),
    collection: text(row['collection']) ?? '',
    role: text(row['role']) ?? '',
    status: text(row['status']),
    create: level(row['create']),
    read: level(row['read']),
    update: level(row['update']),
    delete: level(row['delete']),
    comment: text(row['comment']),
    explain: text(row['explain']),
    readBlacklist: csv(row['read_field_blacklist']),
    writeBlacklist: csv(row['write_field_blacklist']),
    statusBlacklist: row['status_blacklist'] === null || row['status_blacklist'] === undefined ? null : csv(row['status_blacklist']),
  };
}

/** The first row wins among equals; a single row with a real status discards the one without (directus8-data §10.2). */
function collectionRules(rows: readonly Permission[]): CollectionRules | undefined {
  const byStatus = new Map<string, Permission>();
  for (const row of rows) {
    if (row.status !== null && !row.status.startsWith('$') && !byStatus.has(row.status)) byStatus.set(row.status, row);
  }
  if (byStatus.size > 0) return { mode: 'workflow', byStatus };
  const global = rows.find((row) => row.status === null);
  return global ? { mode: 'global', permission: global } : undefined;
}

/** Effective rows: the global ones, then those by status, then the informational `$` rows (directus8-data §10.7). */
function effective(rows: readonly Permission[], collections: ReadonlyMap<string, CollectionRules>): Permission[] {
  const kept: Permission[] = [];
  for (const rules of collections.values()) if (rules.mode === 'global') kept.push(rules.permission);
  for (const rules of collections.values()) if (rules.mode === 'workflow') kept.push(...rules.byStatus.values());
  const seen = new Set<string>();
  for (const row of rows) {
    const key = `${row.collection}\0${row.status}`;
    if (row.status?.startsWith('$') && !seen.has(key)) kept.push(row);
    seen.add(key);
  }
  return kept;
}

function* roleRules(id: string, row: Row | undefined, rows: readonly Permission[]): Sliced<RoleRules> {
  const grouped = new Map<string, Permission[]>();
  for (const one of rows) {
    yield;
    const group = grouped.get(one.collection);
    if (group) group.push(one);
    else grouped.set(one.collection, [one]);
  }
  const collections = new Map<string, CollectionRules>();
  for (const [name, group] of grouped) {
    yield;
    const rules = collectionRules(group);
    if (rules) collections.set(name, rules);
  }
  return {
    id,
    name: text(row?.['name']) ?? '',
    addresses: addressList(csv(row?.['ip_whitelist'])),
    enforceTwoFactor: [true, 1, '1', 't', 'true'].includes(row?.['enforce_2fa'] as never),
    collections,
    permissions: effective(rows, collections),
  };
}

/** What rules are made of: rows as stored and ordered by id; all lists may be empty. */
export interface StoredRules {
  readonly permissions: readonly Row[];
  readonly roles: readonly Row[];
  readonly settings: readonly Row[];
}

/** Rules of one version, with pauses. */
export function* compilingRules(rows: StoredRules, version: number): Sliced<Rules> {
  const byRole = new Map<string, Permission[]>();
  for (const row of rows.permissions) {
    yield;
    const one = permission(row);
    const list = byRole.get(one.role);
    if (list) list.push(one);
    else byRole.set(one.role, [one]);
  }
  const roleRows = new Map(rows.roles.map((row) => [String(row['id']), row]));
  const roles = new Map<string, RoleRules>();
  for (const id of new Set([...roleRows.keys(), publicRole])) {
    roles.set(id, yield* roleRules(id, roleRows.get(id), byRole.get(id) ?? []));
  }
  return { version, roles, settings: new Map(rows.settings.map((row) => [String(row['key']), text(row['value'])])) };
}

/** The same at once. */
export function compileRules(rows: StoredRules, version: number): Rules {
  return atOnce(compilingRules(rows, version));
}
