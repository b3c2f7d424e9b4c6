/** What a declared type of SQLite's, which may be any text, says of a column: well-known names first, then SQLite's affinity rules. */
import type { IntrospectedColumn, Storage } from '../../dialect/types.ts';

const known: Readonly<Record<string, Storage>> = {
  boolean: 'boolean',
  bool: 'boolean',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
  timestamp: 'datetime',
  timestamptz: 'datetime',
  'timestamp with time zone': 'datetime',
  'timestamp without time zone': 'datetime',
  decimal: 'decimal',
  dec: 'decimal',
  numeric: 'decimal',
  number: 'decimal',
  money: 'decimal',
  real: 'float',
  double: 'float',
  'double precision': 'float',
  float: 'float',
  json: 'json',
  uuid: 'uuid',
  guid: 'uuid',
  uniqueidentifier: 'uuid',
  blob: 'binary',
  binary: 'binary',
  varbinary: 'binary',
  bytea: 'binary',
  image: 'binary',
  year: 'integer',
  serial: 'integer',
  // Affinity would see the "int" in these.
  point: 'unknown',
};

/** SQLite's own rules, in their order; what no rule names may hold anything. */
const affinities: readonly (readonly [RegExp, Storage])[] = [
  [/int/, 'integer'],
  [/char|clob|text/, 'text'],
  [/blob/, 'binary'],
  [/real|floa|doub/, 'float'],
];

type DeclaredType = Pick<IntrospectedColumn, 'type' | 'storage' | 'length' | 'precision' | 'scale' | 'unsigned' | 'points'>;

/**
 * Reads a declared type such as `NVARCHAR(160)` or `decimal(10, 2)`.
 *
 * @param inView views name the type BLOB for columns without any as well, so there it says nothing
 */
export function typeOf(declared: string, inView: boolean): DeclaredType {
  const [, words = '', first, second] = /^([^()]*)(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?/.exec(declared) ?? [];
  const type = declared
    .replace(/\([^)]*\)?/g, ' ')
    .trim()
    .replace(/\s+/g, ' ')
    .toLowerCase();
  const unsigned = /\bunsigned\b/i.test(words);
  const storage = storageOf(type, inView);
  const sized = first === undefined ? undefined : Number(first);
  if (storage === 'decimal' && sized !== undefined) return { type, storage, unsigned, precision: sized, scale: Number(second ?? 0) };
  if ((storage === 'text' || storage === 'binary') && sized !== undefined) return { type, storage, unsigned, length: sized };
  return { type, storage, unsigned, ...(type === 'point' ? { points: true as const } : {}) };
}

function storageOf(type: string, inView: boolean): Storage {
  if (type === '' || (inView && type === 'blob')) return 'unknown';
  const named = known[type];
  if (named !== undefined) return named;
  return affinities.find(([pattern]) => pattern.test(type))?.[1] ?? 'unknown';
}
