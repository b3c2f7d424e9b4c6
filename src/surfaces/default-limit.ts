/** How many rows a list has. */
import type { ReadContext } from '../engine/read.ts';

/** Rows of a list when the caller gives no limit: the setting `default_limit`, else 20 (directus8-data §5.4). */
export function defaultLimit({ rules, limits }: Pick<ReadContext, 'rules' | 'limits'>): number {
  const setting = rules.settings.get('default_limit');
  const rows = setting && /^-?\d{1,9}$/.test(setting) ? Number(setting) : 20;
  return Math.min(rows, limits.pageRows);
}
