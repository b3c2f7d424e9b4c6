/** PostgreSQL's types as storages. */
import type { Storage } from '../../dialect/types.ts';

const byName: Readonly<Record<string, Storage>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  bit: 'bit',
  varbit: 'bit',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  char: 'text',
  name: 'text',
  citext: 'text',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  timetz: 'time',
  timestamp: 'datetime',
  timestamptz: 'instant',
  interval: 'interval',
  json: 'json',
  jsonb: 'json',
  bytea: 'binary',
  geometry: 'geometry',
  geography: 'geometry',
};

/** `kind` is pg_type.typtype; `array` tells a true array type. Every type not known here is served as its text. */
export function storageOf(type: string, kind: string, array: boolean): Storage {
  if (array) return 'array';
  if (kind === 'e') return 'enum';
  if (kind === 'r' || kind === 'm') return 'range';
  return kind === 'b' ? (byName[type] ?? 'unknown') : 'unknown';
}

export interface Size {
  length?: number;
  precision?: number;
  scale?: number;
}

const digits: Readonly<Record<string, number>> = { int2: 5, int4: 10, int8: 19 };

/** Length, precision and scale out of a type modifier; -1 is none. */
export function sizeOf(type: string, modifier: number): Size {
  const whole = digits[type];
  if (whole !== undefined) return { precision: whole };
  if (['timestamp', 'timestamptz', 'time', 'timetz'].includes(type)) return { precision: modifier < 0 ? 6 : modifier };
  if (modifier < 0) return {};
  if (type === 'varchar' || type === 'bpchar') return { length: modifier - 4 };
  if (type === 'bit' || type === 'varbit') return { length: modifier };
  if (type !== 'numeric') return {};
  const packed = modifier - 4;
  // From version 15 on a scale may be negative: eleven bits, with a sign.
  return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
}

/** Whether moments before and after all others are stored as well. */
export const isEndless = (storage: Storage): boolean => storage === 'date' || storage === 'datetime' || storage === 'instant';
