/** Field rows of directus_roles, directus_users, directus_permissions and directus_user_sessions (directus8-tables §5-7, 15). */
import { timezoneChoices } from './seed-timezones.ts';
import { type FieldSeed, fieldsOf, type Options } from './seed-types.ts';

/** Only `active` users may sign in; `deleted` is the one soft delete. The two `listing_` keys are the older spelling, as in the reference. */
const userStatus: Options = {
  status_mapping: {
    draft: {
      name: 'Draft',
      value: 'draft',
      text_color: 'white',
      background_color: 'light-gray',
      listing_subdued: false,
      listing_badge: true,
      soft_delete: false,
    },
    invited: {
      name: 'Invited',
      value: 'invited',
      text_color: 'white',
      background_color: 'light-gray',
      listing_subdued: false,
      listing_badge: true,
      soft_delete: false,
    },
    active: {
      name: 'Active',
      value: 'active',
      text_color: 'white',
      background_color: 'success',
      listing_subdued: false,
      listing_badge: false,
      soft_delete: false,
    },
    suspended: {
      name: 'Suspended',
      value: 'suspended',
      text_color: 'white',
      background_color: 'light-gray',
      listing_subdued: false,
      listing_badge: true,
      soft_delete: false,
    },
    deleted: {
      name: 'Deleted',
      value: 'deleted',
      text_color: 'white',
      background_color: 'danger',
      listing_subdued: false,
      listing_badge: true,
      soft_delete: true,
    },
  },
};

export const rolesFields: readonly FieldSeed[] = fieldsOf('directus_roles', [
  ['id', 'integer', 'primary-key', 'L Q HD'],
  ['external_id', 'string', 'text-input', 'L R HD HB'],
  ['name', 'string', 'text-input', 'L Q', { sort: 1, width: 'half' }],
  ['description', 'string', 'text-input', 'L', { sort: 2, width: 'half' }],
  ['ip_whitelist', 'array', 'tags', 'L', { options: { placeholder: 'Add an address' } }],
  ['enforce_2fa', 'boolean', 'switch', 'L'],
  ['users', 'o2m', 'one-to-many', 'L', { options: { fields: 'first_name,last_name' } }],
  [
    'module_listing',
    'json',
    'repeater',
    'L',
    {
      options: {
        template: '{{ name }}',
        createItemText: 'Add a module',
        fields: [
          { field: 'name', type: 'string', interface: 'text-input', width: 'half' },
          { field: 'link', type: 'string', interface: 'text-input', width: 'half' },
          { field: 'icon', type: 'string', interface: 'icon', width: 'full' },
        ],
      },
    },
  ],
  [
    'collection_listing',
    'json',
    'repeater',
    'L',
    {
      options: {
        template: '{{ group_name }}',
        createItemText: 'Add a group',
        fields: [
          { field: 'group_name', type: 'string', interface: 'text-input', width: 'full' },
          {
            field: 'collections',
            type: 'json',
            interface: 'repeater',
            width: 'full',
            options: {
              template: '{{ collection }}',
              createItemText: 'Add a collection',
              fields: [{ field: 'collection', type: 'string', interface: 'collections', width: 'full' }],
            },
          },
        ],
      },
    },
  ],
]);

export const usersFields: readonly FieldSeed[] = fieldsOf('directus_users', [
  ['id', 'integer', 'primary-key', 'L Q HD', { sort: 1 }],
  ['status', 'status', 'status', 'L Q', { sort: 2, options: userStatus }],
  [
    'first_name',
    'string',
    'text-input',
    'L Q',
    { sort: 3, width: 'half', options: { placeholder: 'First name', iconRight: 'account_circle' } },
  ],
  [
    'last_name',
    'string',
    'text-input',
    'L Q',
    { sort: 4, width: 'half', options: { placeholder: 'Last name', iconRight: 'account_circle' } },
  ],
  [
    'email',
    'string',
    'text-input',
    'L Q',
    { sort: 5, width: 'half', validation: '$email', options: { placeholder: 'name@example.com', iconRight: 'alternate_email' } },
  ],
  ['email_notifications', 'boolean', 'switch', 'L', { sort: 6, width: 'half' }],
  ['password', 'hash', 'password', 'L Q', { sort: 7, width: 'half' }],
  ['role', 'm2o', 'user-roles', 'L Q', { sort: 8, width: 'half' }],
  ['company', 'string', 'text-input', '', { sort: 9, width: 'half', options: { placeholder: 'Company', iconRight: 'location_city' } }],
  ['title', 'string', 'text-input', '', { sort: 10, width: 'half', options: { placeholder: 'Job title', iconRight: 'text_fields' } }],
  [
    'timezone',
    'string',
    'dropdown',
    'L Q',
    { sort: 11, width: 'half', options: { choices: timezoneChoices, placeholder: 'Choose a time zone' } },
  ],
  ['locale', 'string', 'language', 'L', { sort: 12, width: 'half', options: { limit: true } }],
  ['avatar', 'file', 'file', 'L', { sort: 13 }],
  [
    'theme',
    'string',
    'radio-buttons',
    'L',
    { sort: 14, options: { format: true, choices: { auto: 'Auto', light: 'Light', dark: 'Dark' } } },
  ],
  ['2fa_secret', 'string', '2fa-secret', 'L R', { sort: 15 }],
  ['locale_options', 'json', 'json', 'L HD HB', { sort: 16 }],
  ['token', 'string', 'text-input', 'L HD HB', { sort: 17 }],
  ['last_access_on', 'datetime', 'datetime', 'L R HD', { sort: 18 }],
  ['last_page', 'string', 'text-input', 'L R HD HB', { sort: 19 }],
  ['external_id', 'string', 'text-input', 'L R HD HB'],
  ['password_reset_token', 'string', 'text-input', 'L R HD'],
]);

export const permissionsFields: readonly FieldSeed[] = fieldsOf('directus_permissions', [
  ['id', 'integer', 'primary-key', 'L Q HD'],
  ['collection', 'm2o', 'many-to-one', 'L'],
  ['role', 'm2o', 'many-to-one', 'L'],
  ['status', 'string', 'text-input', 'L'],
  ['create', 'string', 'text-input', 'L'],
  ['read', 'string', 'text-input', 'L'],
  ['update', 'string', 'text-input', 'L'],
  ['delete', 'string', 'primary-key', 'L'],
  ['comment', 'string', 'text-input', 'L'],
  ['explain', 'string', 'text-input', 'L'],
  ['status_blacklist', 'array', 'tags', 'L'],
  ['read_field_blacklist', 'array', 'tags', 'L'],
  ['write_field_blacklist', 'array', 'tags', 'L'],
]);

export const userSessionsFields: readonly FieldSeed[] = fieldsOf('directus_user_sessions', [
  ['id', 'integer', 'primary-key', 'L Q HD'],
  ['user', 'user', 'user', 'Q'],
  ['token_type', 'string', 'text-input', ''],
  ['token', 'string', 'text-input', ''],
  ['ip_address', 'string', 'text-input', ''],
  ['user_agent', 'string', 'text-input', ''],
  ['created_on', 'datetime', 'datetime', ''],
  ['token_expired_at', 'datetime', 'datetime', ''],
]);
