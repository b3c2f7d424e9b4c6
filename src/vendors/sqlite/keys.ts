/** Rows of SQLite by the text of their key. */
import { escapedPart } from '../../dialect/key-text.ts';
import type { KeyColumn, KeySql } from '../../dialect/types.ts';
import { type Fragment, join, sql, trusted } from '../../lib/fragment.ts';

const binary = trusted('collate binary');
const worded = new Set(['text', 'uuid']);

/** `text` is the column's text. */
export function sqliteKeys(text: (key: KeyColumn) => Fragment): KeySql {
  const asText = (key: KeyColumn): Fragment => sql`cast(${text(key)} as text)`;
  return {
    text(key) {
      const parts = key.length === 1 ? key.map(asText) : key.map((part) => escapedPart(asText(part)));
      return sql`(${join(parts, " || ';' || ")}) ${binary}`;
    },
    stored: ({ column }) => sql`cast(${column} as text) ${binary}`,
    found({ field, column }, said) {
      // The column's own collation counts, by which its index is sorted.
      if (worded.has(field.storage)) return sql`${column} = cast(${said.column} as text)`;
      return field.storage === 'integer' ? sql`${column} = cast(${said.column} as integer)` : undefined;
    },
  };
}
