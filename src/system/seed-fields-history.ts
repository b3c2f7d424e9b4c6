/** Field rows of directus_activity, directus_revisions, directus_collection_presets and directus_webhooks (directus8-tables §11-14). */
import { type FieldSeed, fieldsOf } from './seed-types.ts';

export const activityFields: readonly FieldSeed[] = fieldsOf('directus_activity', [
  ['id', 'integer', 'primary-key', 'L Q R HD'],
  ['action', 'string', 'text-input', 'L R', { sort: 1, options: { iconRight: 'change_history' } }],
  ['collection', 'string', 'collections', 'L R', { sort: 2, width: 'half', options: { iconRight: 'list_alt', include_system: true } }],
  ['item', 'string', 'text-input', 'L R', { sort: 3, width: 'half', options: { iconRight: 'link' } }],
  ['action_by', 'integer', 'user', 'L R', { sort: 4, width: 'half', options: { iconRight: 'account_circle' } }],
  ['action_on', 'datetime', 'datetime', 'L R', { sort: 5, width: 'half', options: { showRelative: true, iconRight: 'calendar_today' } }],
  ['edited_on', 'datetime', 'datetime', 'L R', { sort: 6, width: 'half', options: { showRelative: true, iconRight: 'edit' } }],
  [
    'comment_deleted_on',
    'datetime',
    'datetime',
    'L R',
    { sort: 7, width: 'half', options: { showRelative: true, iconRight: 'delete_outline' } },
  ],
  ['ip', 'string', 'text-input', 'L R', { sort: 8, width: 'half', options: { iconRight: 'my_location' } }],
  ['user_agent', 'string', 'text-input', 'L R', { sort: 9, width: 'half', options: { iconRight: 'devices_other' } }],
  ['comment', 'string', 'textarea', 'L R', { sort: 10 }],
]);

export const revisionsFields: readonly FieldSeed[] = fieldsOf('directus_revisions', [
  ['id', 'integer', 'primary-key', 'L'],
  ['activity', 'm2o', 'many-to-one', 'L'],
  ['collection', 'm2o', 'many-to-one', 'L'],
  ['item', 'string', 'text-input', 'L'],
  ['data', 'json', 'json', 'L'],
  ['delta', 'json', 'json', 'L'],
  ['parent_item', 'string', 'text-input', 'L'],
  ['parent_collection', 'string', 'collections', 'L'],
  ['parent_changed', 'boolean', 'switch', 'L'],
]);

export const collectionPresetsFields: readonly FieldSeed[] = fieldsOf('directus_collection_presets', [
  ['id', 'integer', 'primary-key', 'L'],
  ['title', 'string', 'text-input', 'L'],
  ['user', 'integer', 'user', 'L'],
  ['role', 'm2o', 'many-to-one', 'L'],
  ['collection', 'm2o', 'many-to-one', 'L'],
  ['search_query', 'string', 'text-input', 'L'],
  ['filters', 'json', 'json', 'L'],
  ['view_options', 'json', 'json', 'L'],
  ['view_type', 'string', 'text-input', 'L'],
  ['view_query', 'json', 'json', 'L'],
]);

export const webhooksFields: readonly FieldSeed[] = fieldsOf('directus_webhooks', [
  ['id', 'integer', 'primary-key', 'L Q HD'],
  [
    'status',
    'status',
    'status',
    'L',
    {
      sort: 1,
      options: {
        status_mapping: {
          active: {
            name: 'Active',
            value: 'active',
            text_color: 'white',
            background_color: 'green',
            browse_subdued: false,
            browse_badge: true,
            soft_delete: false,
            published: true,
            required_fields: true,
          },
          inactive: {
            name: 'Inactive',
            value: 'inactive',
            text_color: 'white',
            background_color: 'blue-grey',
            browse_subdued: true,
            browse_badge: true,
            soft_delete: false,
            published: false,
            required_fields: true,
          },
        },
      },
    },
  ],
  ['http_action', 'string', 'dropdown', 'L Q', { sort: 2, width: 'half-space', options: { choices: { get: 'GET', post: 'POST' } } }],
  ['url', 'string', 'text-input', 'L Q', { sort: 3, options: { placeholder: 'https://example.com/hook', iconRight: 'link' } }],
  ['collection', 'string', 'collections', 'L Q', { sort: 4, width: 'half' }],
  [
    'directus_action',
    'string',
    'dropdown',
    'L Q',
    {
      sort: 5,
      width: 'half',
      options: { choices: { 'item.create:after': 'Create', 'item.update:after': 'Update', 'item.delete:after': 'Delete' } },
    },
  ],
  [
    'info',
    'alias',
    'divider',
    'L HB',
    {
      sort: 6,
      options: {
        style: 'medium',
        title: 'What is sent',
        hr: true,
        margin: false,
        description: 'After each such change the address is called; POST carries the row as JSON.',
      },
    },
  ],
]);
