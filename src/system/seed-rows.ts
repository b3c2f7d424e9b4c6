/** The rows besides field rows that a fresh installation starts with (directus8-tables §4, 5, 8, 13). */

const sizes = [
  ['directus-small-crop', 64, 64, 'crop'],
  ['directus-small-contain', 64, 64, 'contain'],
  ['directus-medium-crop', 300, 300, 'crop'],
  ['directus-medium-contain', 300, 300, 'contain'],
  ['directus-large-crop', 800, 600, 'crop'],
  ['directus-large-contain', 800, 600, 'contain'],
] as const;

/** Keys and values in the order of their ids, 1 to 23. The last two are what the installer is told. */
export function systemSettings(projectName: string, appUrl: string): readonly (readonly [key: string, value: string | null])[] {
  return [
    ['project_url', ''],
    ['project_logo', ''],
    ['project_color', '#263238'],
    ['project_foreground', ''],
    ['project_background', ''],
    ['project_public_note', ''],
    ['default_locale', null],
    // The reference seeds 1; nothing is ever reported from here.
    ['telemetry', '0'],
    ['default_limit', '200'],
    ['sort_null_last', '1'],
    ['password_policy', ''],
    ['auto_sign_out', '10080'],
    ['login_attempts_allowed', '25'],
    ['auth_token_ttl', '20'],
    ['trusted_proxies', ''],
    ['file_mimetype_whitelist', ''],
    ['file_naming', 'uuid'],
    ['asset_url_naming', 'private_hash'],
    ['youtube_api_key', ''],
    ['asset_whitelist', JSON.stringify([{ key: 'thumbnail', width: 200, height: 200, fit: 'contain', quality: 80 }])],
    ['asset_whitelist_system', JSON.stringify(sizes.map(([key, width, height, fit]) => ({ key, width, height, fit, quality: 80 })))],
    ['project_name', projectName],
    ['app_url', appUrl],
  ];
}

/** Ids 1 and 2 are reserved: whoever has role 1 is an administrator, whoever has not signed in has role 2. */
export const systemRoles = [
  { name: 'Administrator', description: 'Admins have access to all managed data within the system by default' },
  { name: 'Public', description: 'Controls what API data is publicly available without authenticating' },
] as const;

/**
 * Ids 1 to 11, as the reference writes them, misspelt tables of rows 2, 3 and 8 included.
 *
 * The corrected rows that directus8-tables §4 allows would turn the plain ids in `fields=*.*` of permissions and presets
 * into objects, which clients of those two endpoints do not expect.
 */
export const systemRelations: readonly (readonly [many: string, field: string, one: string, alias: string | null])[] = [
  ['directus_activity', 'action_by', 'directus_users', null],
  ['directus_collections_presets', 'user', 'directus_users', null],
  ['directus_collections_presets', 'group', 'directus_groups', null],
  ['directus_fields', 'collection', 'directus_collections', 'fields'],
  ['directus_files', 'uploaded_by', 'directus_users', null],
  ['directus_files', 'folder', 'directus_folders', null],
  ['directus_folders', 'parent_folder', 'directus_folders', null],
  ['directus_permissions', 'group', 'directus_groups', null],
  ['directus_revisions', 'activity', 'directus_activity', null],
  ['directus_users', 'role', 'directus_roles', 'users'],
  ['directus_users', 'avatar', 'directus_files', null],
];

/** How four screens of the app look until somebody changes them. */
export const systemPresets = [
  {
    collection: 'directus_activity',
    view_type: 'timeline',
    view_query: { timeline: { sort: '-action_on' } },
    view_options: {
      timeline: {
        date: 'action_on',
        title: '{{ action }} by {{ action_by.first_name }} {{ action_by.last_name }} ({{ item }})',
        content: 'collection',
        color: 'action',
      },
    },
  },
  {
    collection: 'directus_files',
    view_type: 'cards',
    view_query: null,
    view_options: { cards: { title: 'title', subtitle: 'type', content: 'description', src: 'data' } },
  },
  {
    collection: 'directus_users',
    view_type: 'cards',
    view_query: null,
    view_options: { cards: { title: 'first_name', subtitle: 'last_name', content: 'title', src: 'avatar', icon: 'person' } },
  },
  {
    collection: 'directus_webhooks',
    view_type: 'tabular',
    view_query: { tabular: { fields: 'status,http_action,url,collection,directus_action' } },
    view_options: { tabular: { widths: { status: 32, http_action: 72, url: 200, collection: 200, directus_action: 200 } } },
  },
] as const;
