/** The condition that a FULLTEXT index answers. */
import type { TextMatch } from '../../dialect/types.ts';
import { type Fragment, join, name, param, sql } from '../../lib/fragment.ts';

/** See `Dialect.textMatch`. Words hold nothing that means more than itself in a boolean search; a plus says that they must be there. */
export function textMatch({ alias, index, words }: TextMatch): Fragment {
  const columns = index.fields.map((field) => name(alias, field.column.name));
  return sql`match (${join(columns, ', ')}) against (${param(words.map((word) => `+${word}`).join(' '))} in boolean mode)`;
}
