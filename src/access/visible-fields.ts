/** Which fields of a row somebody hears of who changes others of it. */
import type { Collection, Field } from '../schema/types.ts';
import type { Actor, Rules } from './types.ts';

/** Whether a field may be read in a row that may be, by the status that the row has. A status without a permission tells nothing. */
export function visibleFields(
  { name }: Collection,
  rules: Rules,
  actor: Actor,
  status: string | null | undefined,
): (field: Pick<Field, 'name'>) => boolean {
  if (actor.is === 'system' || (actor.is === 'user' && actor.admin)) return () => true;
  const granted = rules.roles.get(actor.role)?.collections.get(name);
  const permission = granted?.mode === 'workflow' ? granted.byStatus.get(status ?? '') : granted?.permission;
  if (!permission || permission.read === 'none') return () => false;
  return (field) => !permission.readBlacklist.includes(field.name);
}
