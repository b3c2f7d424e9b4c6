/** What is special about the directus_* collections, as data: their names, who owns their rows, which columns are secret. */
import type { Collection, Field } from './types.ts';

/** The 15 system tables of Directus 8 (directus8-tables §1.6). */
export const systemNames: ReadonlySet<string> = new Set([
  'directus_activity',
  'directus_collections',
  'directus_collection_presets',
  'directus_fields',
  'directus_files',
  'directus_folders',
  'directus_migrations',
  'directus_roles',
  'directus_permissions',
  'directus_relations',
  'directus_revisions',
  'directus_settings',
  'directus_users',
  'directus_webhooks',
  'directus_user_sessions',
]);

/** Whether a table of that name in the default schema is a system one. The whole prefix is (directus8-data §14, deviation). */
export function isSystemName(name: string): boolean {
  return systemNames.has(name) || name.startsWith('directus_');
}

/** Whether a collection holds what was done to the rows of others. */
export function isHistory({ name, system }: Pick<Collection, 'name' | 'system'>): boolean {
  return system && (name === 'directus_activity' || name === 'directus_revisions');
}

/** Answers to requests that may be sent again (engine/keyed-requests.ts). */
export const idempotencyTable = 'sallyport_idempotency';

/** Webhooks' calls that are still to be made (engine/outbox.ts). */
export const outboxTable = 'sallyport_outbox';

/** What users keep for themselves under keys of their choice (engine/preferences.ts). */
export const preferencesTable = 'sallyport_preferences';

/** Whether a table of that name in the default schema is for our own work and no collection to anybody. */
export function isOwnTable(name: string): boolean {
  return name.startsWith('sallyport_');
}

/** A row is the caller's own when `field` holds the id of the caller or of the caller's role. */
export interface Ownership {
  readonly field: string;
  readonly is: 'user' | 'role';
}

/** Without a prototype, so that a table named `constructor` finds nothing. */
function byName<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.freeze(Object.assign(Object.create(null), entries));
}

/** Rows at level `mine` of system collections that go by something else than an owner field (directus8-data §10.3, §10.10). */
export const ownership: Readonly<Record<string, Ownership>> = byName<Ownership>({
  directus_users: { field: 'id', is: 'user' },
  directus_roles: { field: 'id', is: 'role' },
  directus_permissions: { field: 'role', is: 'role' },
  directus_activity: { field: 'action_by', is: 'user' },
  directus_collection_presets: { field: 'user', is: 'user' },
  directus_user_sessions: { field: 'user', is: 'user' },
});

/** Columns of system tables that are not, or not to everybody, served (directus8-data §14; directus8-tables §6, §15). */
export const secrets: Readonly<Record<string, Readonly<Record<string, NonNullable<Field['secret']>>>>> = byName({
  directus_users: byName<NonNullable<Field['secret']>>({
    password: 'never',
    token: 'masked',
    '2fa_secret': 'masked',
    password_reset_token: 'masked',
    email_notifications: 'own',
    last_access_on: 'own',
    last_page: 'own',
  }),
  directus_user_sessions: byName<NonNullable<Field['secret']>>({ token: 'never' }),
});
