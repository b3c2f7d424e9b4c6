/** Who there is and what they may do: directus_roles, directus_users, directus_permissions, directus_user_sessions (directus8-tables §5-7, 15). */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { boolean, datetime, id, index, integer, oldBoolean, string, text, unique, unsigned } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'directus_roles',
      columns: [
        id(),
        string('name', 100),
        string('description', 500, { null: true }),
        text('ip_whitelist', { null: true }),
        string('external_id', 255, { null: true }),
        text('module_listing', { null: true }),
        text('collection_listing', { null: true }),
        boolean('enforce_2fa', { null: true, default: false }),
      ],
      indexes: [unique('idx_group_name', 'name'), unique('idx_roles_external_id', 'external_id')],
    },
    {
      name: 'directus_users',
      columns: [
        id(),
        string('status', 16, { default: 'draft' }),
        integer('role', { null: true }),
        string('first_name', 50, { null: true }),
        string('last_name', 50, { null: true }),
        string('email', 128),
        string('password', 255, { null: true }),
        string('token', 255, { null: true }),
        string('external_id', 255, { null: true }),
        string('theme', 100, { null: true, default: 'auto' }),
        string('2fa_secret', 100, { null: true }),
        string('password_reset_token', 520, { null: true }),
        string('timezone', 32, { default: 'UTC' }),
        string('locale', 8, { null: true }),
        text('locale_options', { null: true }),
        unsigned('avatar', { null: true }),
        string('company', 191, { null: true }),
        string('title', 191, { null: true }),
        oldBoolean('email_notifications', { default: true }),
        datetime('last_access_on', { null: true }),
        string('last_page', 192, { null: true }),
      ],
      indexes: [unique('idx_users_email', 'email'), unique('idx_users_token', 'token'), unique('idx_users_external_id', 'external_id')],
    },
    {
      name: 'directus_permissions',
      columns: [
        id(),
        string('collection', 64),
        unsigned('role'),
        string('status', 64, { null: true }),
        string('create', 16, { null: true, default: 'none' }),
        string('read', 16, { null: true, default: 'none' }),
        string('update', 16, { null: true, default: 'none' }),
        string('delete', 16, { null: true, default: 'none' }),
        string('comment', 8, { null: true, default: 'none' }),
        string('explain', 8, { null: true, default: 'none' }),
        string('read_field_blacklist', 1000, { null: true }),
        string('write_field_blacklist', 1000, { null: true }),
        string('status_blacklist', 1000, { null: true }),
      ],
      indexes: [],
    },
    {
      name: 'directus_user_sessions',
      columns: [
        id(),
        unsigned('user', { null: true }),
        string('token_type', 255, { null: true }),
        string('token', 520, { null: true }),
        string('ip_address', 255, { null: true }),
        text('user_agent', { null: true }),
        datetime('created_on', { null: true }),
        datetime('token_expired_at', { null: true }),
      ],
      indexes: [index('idx_user_sessions_token', 'token')],
    },
  ]);
}
