/** Indexes by which old history is found, and the revisions of an entry; a database of Directus 8 has none of them. */
import type { Knex } from 'knex';
import { ensureTables } from './ensure.ts';
import { index } from './shape.ts';

export function up(knex: Knex): Promise<void> {
  return ensureTables(knex, [
    { name: 'directus_activity', columns: [], indexes: [index('idx_activity_action_on', 'action_on')] },
    { name: 'directus_revisions', columns: [], indexes: [index('idx_revisions_activity', 'activity')] },
  ]);
}
