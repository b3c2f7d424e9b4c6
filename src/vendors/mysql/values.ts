/** What the driver decoded, as exact text or as a safe form. It is asked to decode little; what is left is mended here. */
import type { FieldPacket } from 'mysql2';

/** Column types of the wire protocol that need a hand. */
const wire = { float: 4, timestamp: 7, time: 11, datetime: 12, bit: 16, vector: 242, blob: 252, geometry: 255 } as const;

/** Widest bit column whose value is a safe number. */
const safeBits = 32;

/**
 * Has geometries and vectors read as the bytes they are: the driver would make objects of floats of them. To be called with
 * the columns before the first row is read.
 */
export function readAsBytes(fields: readonly FieldPacket[]): void {
  for (const field of fields) {
    if (field.columnType === wire.geometry || field.columnType === wire.vector) field.columnType = wire.blob;
  }
}

/** A value as text: numbers in their shortest exact spelling, bits as a decimal number, bytes as base64. */
export function textOf(value: unknown, field: FieldPacket | undefined): string | null {
  if (value === null || value === undefined) return null;
  const safe = safeOf(value, field);
  if (typeof safe === 'string') return safe;
  return Buffer.isBuffer(safe) ? safe.toString('base64') : String(safe);
}

/** 64-bit integers, decimals, dates, times and JSON as text; bytes as a Buffer; other numbers as numbers. */
export function safeOf(value: unknown, field: FieldPacket | undefined): unknown {
  switch (field?.columnType) {
    case wire.float:
      return typeof value === 'number' ? shortestFloat(value) : value;
    case wire.timestamp:
    case wire.datetime:
    case wire.time:
      return typeof value === 'string' ? withFraction(value, field.decimals) : value;
    case wire.bit:
      return Buffer.isBuffer(value) ? bits(value, field.columnLength ?? 64) : value;
    default:
      return value;
  }
}

/** The shortest number that is the same 32-bit float: 0.1 and not 0.10000000149011612. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/** The binary protocol leaves out a fraction of zero, the text protocol prints it: both end as the column's type says. */
function withFraction(value: string, decimals: number): string {
  if (decimals < 1 || decimals > 6) return value;
  const dot = value.indexOf('.');
  if (dot === -1) return `${value}.${'0'.repeat(decimals)}`;
  return value.padEnd(dot + 1 + decimals, '0');
}

function bits(bytes: Buffer, width: number): number | string {
  const value = bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString('hex')}`);
  return width <= safeBits ? Number(value) : value.toString();
}
