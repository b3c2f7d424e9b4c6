/** What of the system is for administrators alone to write, whatever a permission says: else it would make its holder one of them. */
import { always, compare, not } from '../query/filters.ts';
import type { Filter } from '../query/types.ts';
import type { Collection } from '../schema/types.ts';
import { administratorRole } from './compile-rules.ts';

/** Permissions say what everybody may do; webhooks carry rows of any collection away. */
const forAdministrators: ReadonlySet<string> = new Set(['directus_permissions', 'directus_webhooks']);

/** Whether nobody else writes any row of the collection. */
export function isForAdministrators({ name, system }: Pick<Collection, 'name' | 'system'>): boolean {
  return system && forAdministrators.has(name);
}

/** The rows that others may change: users who are no administrators, and roles other than theirs. */
export function notAdministrators({ name, system, fields }: Pick<Collection, 'name' | 'system' | 'fields'>): Filter {
  if (!system) return always;
  const field = name === 'directus_users' ? fields.get('role') : name === 'directus_roles' ? fields.get('id') : undefined;
  return field ? not(compare(field, 'eq', administratorRole)) : always;
}
