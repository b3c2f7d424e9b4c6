/** Operands as PostgreSQL takes them: their text, and the cast that makes them fit the column and its index. */
import type { Scalar } from '../../dialect/types.ts';
import type { Field } from '../../schema/types.ts';

function isBigint(value: Scalar): boolean {
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return false;
  const whole = BigInt(value);
  return BigInt.asIntN(64, whole) === whole;
}

function isFloat4(value: Scalar): boolean {
  const rounded = Math.fround(Number(value));
  return Number.isFinite(rounded) && (rounded !== 0 || value === '0');
}

/** Types whose input would cut an operand to their own length, after which it may equal what it does not. */
const cutting = new Set(['name', 'char', 'text', 'varchar']);

/** The cast that makes operands fit the column and its index; none lets the server take the column's own type. */
export function castOf(field: Field, values: readonly Scalar[]): string {
  const { type } = field.column;
  switch (field.storage) {
    case 'integer':
      return values.every(isBigint) ? 'bigint' : 'numeric';
    case 'decimal':
      return 'numeric';
    case 'float':
      // A double is never equal to the single it was written as; what no single can hold stays one, and equals none.
      return type === 'float4' && values.every(isFloat4) ? 'float4' : 'float8';
    case 'boolean':
      return 'boolean';
    case 'uuid':
      return 'uuid';
    case 'date':
      return 'date';
    case 'datetime':
      return 'timestamp';
    case 'instant':
      return 'timestamptz';
    case 'binary':
      return 'bytea';
    case 'text':
      return cutting.has(type) ? 'text' : '';
    case 'enum':
    case 'time':
      return '';
    default:
      return 'text';
  }
}

/** The operand's text: bytes come as base64; the year 0 of ISO 8601 is the first before Christ here. */
export function operandText(field: Field, value: Scalar): string {
  if (field.storage === 'binary') return `\\x${Buffer.from(String(value), 'base64').toString('hex')}`;
  // What the server printed itself has its offset, or is infinite.
  const text = field.storage === 'instant' && / [\d:.]+$/.test(String(value)) ? `${value}+00` : String(value);
  const dated = field.storage === 'date' || field.storage === 'datetime' || field.storage === 'instant';
  return dated && text.startsWith('0000-') ? `0001-${text.slice(5)} BC` : text;
}
