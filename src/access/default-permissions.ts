/** What a new role may do with the system tables (directus8-tables §7): without these rows the app does not work for it. */
import type { Level } from './types.ts';

export interface PermissionSeed {
  readonly collection: string;
  readonly role: number;
  readonly status: string | null;
  readonly create: Level;
  readonly read: Level;
  readonly update: Level;
  readonly delete: Level;
  readonly comment: 'none' | 'update';
  readonly explain: 'none';
}

type Line = readonly [collection: string, create: Level, read: Level, update: Level, remove: Level, comment?: 'update'];

const lines: readonly Line[] = [
  ['directus_activity', 'full', 'mine', 'none', 'none', 'update'],
  ['directus_collection_presets', 'full', 'full', 'mine', 'mine'],
  ['directus_collections', 'none', 'full', 'none', 'none'],
  ['directus_fields', 'none', 'full', 'none', 'none'],
  ['directus_files', 'full', 'full', 'full', 'full'],
  ['directus_folders', 'full', 'full', 'full', 'full'],
  ['directus_permissions', 'none', 'mine', 'none', 'none'],
  ['directus_relations', 'none', 'full', 'none', 'none'],
  ['directus_revisions', 'full', 'full', 'none', 'none'],
  ['directus_roles', 'none', 'mine', 'none', 'none'],
  ['directus_settings', 'none', 'full', 'none', 'none'],
  ['directus_users', 'none', 'full', 'mine', 'mine'],
];

/** The rows for a role, to be inserted when it is made: one a table, and for users one a status, of which only `active` grants anything. */
export function defaultPermissions(role: number): PermissionSeed[] {
  const none = { role, create: 'none', read: 'none', update: 'none', delete: 'none', comment: 'none', explain: 'none' } as const;
  const granted = lines.map(
    ([collection, create, read, update, remove, comment]): PermissionSeed => ({
      ...none,
      collection,
      status: collection === 'directus_users' ? 'active' : null,
      create,
      read,
      update,
      delete: remove,
      comment: comment ?? 'none',
    }),
  );
  const hidden = ['deleted', 'draft', 'invited', 'suspended'].map(
    (status): PermissionSeed => ({ ...none, collection: 'directus_users', status }),
  );
  return [...granted, ...hidden];
}
