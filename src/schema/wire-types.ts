/** MySQL's names for the types of columns of every database: what Directus 8 knows them by (directus8-system §8.1). */
import type { IntrospectedColumn } from '../dialect/types.ts';
import type { Field } from './types.ts';

const byType: Readonly<Record<string, string>> = {
  'character varying': 'VARCHAR',
  varchar: 'VARCHAR',
  character: 'CHAR',
  bpchar: 'CHAR',
  char: 'CHAR',
  integer: 'INT',
  int: 'INT',
  int4: 'INT',
  int8: 'BIGINT',
  bigint: 'BIGINT',
  int2: 'SMALLINT',
  smallint: 'SMALLINT',
  mediumint: 'MEDIUMINT',
  tinyint: 'TINYINT',
  text: 'TEXT',
  tinytext: 'TINYTEXT',
  mediumtext: 'MEDIUMTEXT',
  longtext: 'LONGTEXT',
  float: 'FLOAT',
  float4: 'FLOAT',
  binary: 'BINARY',
  varbinary: 'VARBINARY',
  tinyblob: 'TINYBLOB',
  mediumblob: 'MEDIUMBLOB',
  longblob: 'LONGBLOB',
  timestamptz: 'TIMESTAMP',
  'timestamp with time zone': 'TIMESTAMP',
};

const byStorage: Readonly<Record<Field['storage'], string>> = {
  integer: 'INT',
  decimal: 'DECIMAL',
  float: 'DOUBLE',
  boolean: 'TINYINT',
  bit: 'BIT',
  text: 'VARCHAR',
  enum: 'VARCHAR',
  set: 'VARCHAR',
  uuid: 'CHAR',
  date: 'DATE',
  time: 'TIME',
  datetime: 'DATETIME',
  instant: 'TIMESTAMP',
  interval: 'VARCHAR',
  year: 'INT',
  json: 'JSON',
  binary: 'BLOB',
  array: 'TEXT',
  range: 'VARCHAR',
  geometry: 'TEXT',
  unknown: 'TEXT',
};

/** MySQL's name for a column's type: the admin app knows no others. */
export function wireDatatype(field: Field): string {
  // What PostgreSQL calls so says in its native type that it has no zone.
  if (/^timestamp(?:\(\d\))?$/i.test(field.column.nativeType)) return 'TIMESTAMP';
  // MariaDB keeps JSON in a long text that has to be JSON.
  return field.storage === 'json' ? 'JSON' : (byType[field.column.type] ?? byStorage[field.storage]);
}

/** How long its values may be, as the admin app has it: characters, digits, or digits with those behind the point. */
export function wireLength(column: IntrospectedColumn): string | null {
  if (column.storage === 'decimal' && column.precision !== undefined) return `${column.precision},${column.scale ?? 0}`;
  if (/^(?:double|float)$/.test(column.type) && column.precision !== undefined) return `${column.precision},${column.scale ?? 0}`;
  if (column.storage === 'integer') return column.precision === undefined ? null : String(column.precision);
  if (column.storage === 'uuid') return '36';
  return column.length === undefined || /text|blob/.test(column.type) ? null : String(column.length);
}
