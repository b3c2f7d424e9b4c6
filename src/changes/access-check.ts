/** Which of those who hold a connection still may: asked together, in a statement for some dozens of them; and who may know of all entries. */
import { readGrant } from '../access/grants.ts';
import type { ConnectionIdentity } from '../auth/connection-identity.ts';
import type { ReadContext } from '../engine/read.ts';
import { type Fragment, join, print, sql } from '../lib/fragment.ts';
import type { Project } from '../projects/project.ts';

/** Conditions of one statement. */
const atOnce = 40;

interface Holder {
  readonly identity: ConnectionIdentity;
}

/** Those whose access has ended. */
export async function endedAmong<T extends Holder>({ connection }: Project, holders: Iterable<T>): Promise<T[]> {
  const ended: T[] = [];
  const asked: { holder: T; condition: Fragment }[] = [];
  for (const holder of holders) {
    const { identity } = holder;
    if (!identity.holds() || !(await identity.lasts())) ended.push(holder);
    else {
      const condition = identity.condition();
      if (condition) asked.push({ holder, condition });
      else if (identity.actor.is === 'user') ended.push(holder);
    }
  }
  for (let at = 0; at < asked.length; at += atOnce) {
    const some = asked.slice(at, at + atOnce);
    const cells = some.map(({ condition }) => sql`case when ${condition} then 1 else 0 end`);
    const [row = []] = await connection.texts(print(sql`select ${join(cells, ', ')}`, connection.dialect));
    some.forEach(({ holder }, i) => {
      if (row[i] !== '1') ended.push(holder);
    });
  }
  return ended;
}

/**
 * Whether ids of the activity may be told: to those who may read the entries of others. To anybody else they would tell how much is written
 * that he is told nothing of.
 */
export function readsActivity({ schema, rules, actor }: Pick<ReadContext, 'schema' | 'rules' | 'actor'>): boolean {
  const activity = schema.collections.get('directus_activity');
  const id = activity?.fields.get('id');
  if (!activity || !id || actor.is === 'system') return false;
  if (actor.is === 'user' && actor.admin) return true;
  const granted = rules.roles.get(actor.role)?.collections.get(activity.name);
  const full = granted?.mode === 'global' && granted.permission.read === 'full';
  return full && readGrant(activity, rules, actor, schema)?.field(id) === 'yes';
}
