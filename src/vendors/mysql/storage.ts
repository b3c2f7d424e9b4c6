/** What MySQL's and MariaDB's catalogues say of a column, as our storage, default and labels. */
import type { Storage } from '../../dialect/types.ts';

const storages: Readonly<Record<string, Storage>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  bit: 'bit',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'enum',
  set: 'set',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
  // Stored in UTC and read in UTC, it is served as the plain text it was written as.
  timestamp: 'datetime',
  year: 'year',
  json: 'json',
  binary: 'binary',
  varbinary: 'binary',
  tinyblob: 'binary',
  blob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
  vector: 'binary',
  geometry: 'geometry',
  point: 'geometry',
  linestring: 'geometry',
  polygon: 'geometry',
  multipoint: 'geometry',
  multilinestring: 'geometry',
  multipolygon: 'geometry',
  geomcollection: 'geometry',
  geometrycollection: 'geometry',
};

/** How a column is stored. `json` tells that a check demands JSON of it, which is all that MariaDB's JSON type is. */
export function storageOf(type: string, bits: number | undefined, json: boolean): Storage {
  if (type === 'bit' && bits === 1) return 'boolean';
  const storage = storages[type] ?? 'unknown';
  return storage === 'text' && json ? 'json' : storage;
}

/** The column a check of MariaDB's demands JSON of: `json_valid(`col`)`, alone or before an `and`. */
export function jsonColumnOf(check: string): string | undefined {
  const match = /^json_valid\(`((?:[^`]|``)+)`\)(?: and .*)?$/is.exec(check);
  return match?.[1]?.replaceAll('``', '`');
}

/** The labels of `enum('a','b')` or `set('a','b')`. */
export function labelsOf(nativeType: string): string[] {
  const labels: string[] = [];
  for (const [, label] of nativeType.slice(nativeType.indexOf('(')).matchAll(/'((?:[^'\\]|\\.|'')*)'/gs))
    labels.push(unescaped(label ?? ''));
  return labels;
}

/** MariaDB prints a default as SQL: a string in quotes, and NULL where a column may simply be left empty. */
export function mariadbDefault(printed: string | null): string | null {
  if (printed === null || printed.toUpperCase() === 'NULL') return null;
  const match = /^'(.*)'$/s.exec(printed);
  return match === null ? printed : unescaped(match[1] ?? '');
}

const escapes: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

function unescaped(text: string): string {
  return text.replace(/''|\\(.)/gs, (pair, character: string | undefined) =>
    character === undefined ? pair.slice(1) : (escapes[character] ?? character),
  );
}
