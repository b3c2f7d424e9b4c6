/** Who asks, and what that one may do. */
import type { AddressList } from './address-list.ts';

/** Never absent: there is no "nobody means everybody". */
export type Actor =
  | { readonly is: 'user'; readonly id: string; readonly role: string; readonly admin: boolean; readonly ip: string }
  | { readonly is: 'public'; readonly role: string; readonly ip: string }
  /** Our own work; says why. */
  | { readonly is: 'system'; readonly reason: string };

export type Level = 'none' | 'mine' | 'role' | 'full';
export type Action = 'create' | 'read' | 'update' | 'delete';

/** One row of directus_permissions, decoded (directus8-data §10.1). */
export interface Permission {
  id: number;
  collection: string;
  role: string;
  status: string | null;
  create: Level;
  read: Level;
  update: Level;
  delete: Level;
  comment: string | null;
  explain: string | null;
  readBlacklist: readonly string[];
  writeBlacklist: readonly string[];
  statusBlacklist: readonly string[] | null;
}

/** A role's permissions on one collection: either one row for all, or one by status (workflow mode). */
export type CollectionRules =
  | { readonly mode: 'global'; readonly permission: Permission }
  | { readonly mode: 'workflow'; readonly byStatus: ReadonlyMap<string, Permission> };

export interface RoleRules {
  readonly id: string;
  readonly name: string;
  /** Addresses its users may come from. */
  readonly addresses: AddressList;
  readonly enforceTwoFactor: boolean;
  /** By collection; a collection without an entry is not granted. */
  readonly collections: ReadonlyMap<string, CollectionRules>;
  /** As stored and effective, for GET /permissions/me. */
  readonly permissions: readonly Permission[];
}

/** All roles of a project at one version. */
export interface Rules {
  readonly version: number;
  readonly roles: ReadonlyMap<string, RoleRules>;
  /** directus_settings, raw. */
  readonly settings: ReadonlyMap<string, string | null>;
}

declare const authorized: unique symbol;
/** Made only in access/: the planner takes nothing else, so forgetting to authorise does not compile. */
export type Authorized<T> = T & { readonly [authorized]: true };

/** A relation that was left out because its collection may not be read (directus8-data §8.5). */
export interface Warning {
  readonly collection: string;
  readonly field: string;
}
