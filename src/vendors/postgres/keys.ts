/** Rows of PostgreSQL by the text of their key. */
import { escapedPart } from '../../dialect/key-text.ts';
import type { KeyColumn, KeySql } from '../../dialect/types.ts';
import { type Fragment, join, sql, trusted } from '../../lib/fragment.ts';
import { isText } from './compare.ts';

const bytewise = trusted('collate "C"');
const uuid = trusted("'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'");
const digits = trusted("'^-?[0-9]{1,19}$'");
/** The least and the greatest whole number there is. */
const [least, greatest] = [trusted('-9223372036854775808'), trusted('9223372036854775807')];

/** How texts of the server are compared with one another. */
export function postgresKeys(text: (key: KeyColumn) => Fragment): KeySql {
  const asText = (key: KeyColumn): Fragment => sql`(${text(key)})::text`;
  return {
    text(key) {
      const parts = key.length === 1 ? key.map(asText) : key.map((part) => escapedPart(asText(part)));
      return sql`(${join(parts, " || ';' || ")}) ${bytewise}`;
    },
    stored: ({ column }) => sql`(${column})::text ${bytewise}`,
    found({ field, column }, said) {
      const value = sql`(${said.column})::text`;
      if (field.storage === 'integer') {
        const number = sql`case when (${value})::numeric between ${least} and ${greatest} then (${value})::bigint end`;
        return sql`${column} = (case when ${value} ~ ${digits} then ${number} end)`;
      }
      if (field.storage === 'uuid') return sql`${column} = (case when ${value} ~ ${uuid} then (${value})::uuid end)`;
      const collation = field.column.collation?.name ?? '"default"';
      return isText(field) ? sql`${column} = ${value} collate ${trusted(collation)}` : undefined;
    },
  };
}
