/** The names of types on the wire, which are MySQL's, by what stands behind them (directus8-system §8.2). */

export const wholeTypes: ReadonlySet<string> = new Set(['TINYINT', 'SMALLINT', 'MEDIUMINT', 'INT', 'BIGINT']);

/** Those that want a length. */
export const sizedTypes: ReadonlySet<string> = new Set(['VARCHAR', 'CHAR', 'BINARY', 'VARBINARY']);

/** Those that are what they are by their name alone. */
export const unsizedTypes: ReadonlySet<string> = new Set([
  'YEAR',
  'TINYTEXT',
  'TEXT',
  'MEDIUMTEXT',
  'LONGTEXT',
  'TINYBLOB',
  'BLOB',
  'MEDIUMBLOB',
  'LONGBLOB',
  'DATE',
  'TIME',
  'DATETIME',
  'TIMESTAMP',
  'JSON',
]);
