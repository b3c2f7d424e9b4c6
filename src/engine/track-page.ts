/** Notes where in the app a user is: no change of the user, so that it leaves no history and takes no permission (directus8-system §4.6). */
import { GatewayError } from '../lib/errors.ts';
import { collectionOf } from '../query/bind.ts';
import { always } from '../query/filters.ts';
import { parseKey } from '../schema/keys.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Field } from '../schema/types.ts';
import { compileSnapshot, compileUpdate } from '../sql/write.ts';
import { utcText } from './journal.ts';
import { templateOf } from './row-text.ts';
import type { WriteSession } from './write.ts';

/** Throws item_not_found. */
export async function trackPage({ within, wrote }: WriteSession, id: string, page: string): Promise<void> {
  const { connection, schema } = within;
  const users = collectionOf(schema, 'directus_users');
  const key = parseKey(users, id);
  const locked = key && compileSnapshot(users, [key], templateOf(users.key), connection.dialect);
  if (!key || !locked || (await connection.texts(locked.statement)).length === 0) throw new GatewayError('item_not_found', { id });
  const values = new Map<Field, Stored>();
  const [lastPage, lastAccess] = [users.fields.get('last_page'), users.fields.get('last_access_on')];
  const room = lastPage?.column.length ?? page.length;
  if (lastPage) values.set(lastPage, [...page.slice(0, room * 2)].slice(0, room).join(''));
  if (lastAccess) values.set(lastAccess, utcText(new Date()));
  if (values.size === 0) return;
  await connection.execute(compileUpdate(users, [{ key, values }], always, connection.dialect).statement);
  wrote({ action: 'update', collection: users.name, item: id });
}
