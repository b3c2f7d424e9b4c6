/** What counts as true in a column that may hold numbers and words. */
import { type Fragment, sql } from '../../lib/fragment.ts';

/** The condition on a value that is not NULL. */
export function isTrue(column: Fragment): Fragment {
  const words = sql`lower(${column}) in ('1', 't', 'true', 'y', 'yes', 'on')`;
  return sql`iif(typeof(${column}) = 'text', ${words}, ${column})`;
}
