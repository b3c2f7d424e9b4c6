/** directus_activity and directus_revisions (directus8-tables §11-12), with the indexes their reads need. */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { boolean, datetime, id, index, longText, string, text, unsigned } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    {
      name: 'directus_activity',
      columns: [
        id(),
        string('action', 45),
        unsigned('action_by', { default: 0 }),
        datetime('action_on'),
        string('ip', 50),
        string('user_agent', 255),
        string('collection', 64),
        string('item', 255),
        datetime('edited_on', { null: true }),
        text('comment', { null: true }),
        datetime('comment_deleted_on', { null: true }),
      ],
      indexes: [index('idx_activity_item', 'collection', 'item'), index('idx_activity_action_by', 'action_by', 'action')],
    },
    {
      name: 'directus_revisions',
      columns: [
        id(),
        unsigned('activity'),
        string('collection', 64),
        string('item', 255),
        longText('data'),
        longText('delta', { null: true }),
        string('parent_collection', 64, { null: true }),
        string('parent_item', 255, { null: true }),
        boolean('parent_changed', { null: true, default: false }),
      ],
      indexes: [index('idx_revisions_item', 'collection', 'item')],
    },
  ]);
}
