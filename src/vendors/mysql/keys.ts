/** Rows of MySQL and MariaDB by the text of their key. */
import { escapedPart } from '../../dialect/key-text.ts';
import type { KeyColumn, KeySql } from '../../dialect/types.ts';
import { type Fragment, join, sql, trusted } from '../../lib/fragment.ts';

const digits = trusted("'^-?[0-9]{1,20}$'");

/** `bytes` is the column's text, to be compared by code point. */
export function mysqlKeys(bytes: (key: KeyColumn) => Fragment): KeySql {
  return {
    text(key) {
      const [only] = key;
      if (only && key.length === 1) return bytes(only);
      const parts = key.map((part) => escapedPart(bytes(part)));
      return sql`concat(${join(parts, ", ';', ")})`;
    },
    stored: bytes,
    found({ field, column }, said) {
      if (field.storage === 'integer') {
        const type = trusted(field.column.unsigned ? 'unsigned' : 'signed');
        return sql`${column} = (case when ${said.column} regexp ${digits} then cast(${said.column} as ${type}) end)`;
      }
      const { collation } = field.column;
      // A smaller character set would make question marks of what it lacks, and find other rows.
      if (field.storage !== 'text' || !collation || !/^utf8(mb[34])?_/.test(collation.name)) return undefined;
      const charset = trusted(collation.name.split('_')[0] ?? '');
      return sql`${column} = convert(${said.column} using ${charset}) collate ${trusted(collation.name)}`;
    },
  };
}
