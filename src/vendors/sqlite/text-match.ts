/** The condition that an FTS5 table answers. */
import type { TextMatch } from '../../dialect/types.ts';
import { type Fragment, name, param, sql } from '../../lib/fragment.ts';

const quoted = (text: string): string => `"${text.replace(/"/g, '""')}"`;

/** See `Dialect.textMatch`. Only the fields given are asked about, each word as a text of its own. */
export function textMatch({ alias, index: { form }, fields, words }: TextMatch): Fragment {
  if (form.is !== 'fts5') return sql`0`;
  const columns = fields.map((field) => quoted(field.column.name)).join(' ');
  const wanted = param(`{${columns}} : (${words.map(quoted).join(' AND ')})`);
  const table = name(form.table);
  return sql`${name(alias, form.key)} in (select rowid from ${table} where ${table} match ${wanted})`;
}
