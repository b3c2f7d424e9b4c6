/** What stands behind an operator, as values of the field that it is compared with. */
import type { Scalar } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { type Clock, coerceOperand, resolveNow } from '../schema/field-types.ts';
import type { Field } from '../schema/types.ts';

/** A list operand: an array, or text split at commas, never trimmed. */
export function listed(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (value !== null && typeof value === 'object') return Object.values(value);
  const text = String(value ?? '');
  return text === '' ? [] : text.split(',');
}

/** The operand itself. Throws `validation` for a list or an object. */
export function scalar(value: unknown): unknown {
  if (value !== null && typeof value === 'object') {
    throw new GatewayError('validation', { message: 'filter: this operator takes one value, not a list or an object.' });
  }
  return value;
}

/** An operand as the surface read it: no word of it means anything else. Throws `validation` for what the field cannot hold. */
export function strictOperand(field: Field, value: unknown): Scalar | undefined {
  const operand = coerceOperand(field, scalar(value));
  // Whether a list of words is a type or only a habit is the database's affair: others than those are in no row.
  if (operand !== undefined || field.storage === 'enum') return operand;
  throw new GatewayError('validation', {
    message: `${field.name}: this is no value of type ${field.storage === 'unknown' ? field.type : field.storage}`,
    field: field.name,
  });
}

/** The values of a list operand as the field holds them, each once; without `strict` those that it cannot hold are left out. Throws `validation`. */
export function operands(field: Field, value: unknown, at: Clock, strict: boolean): Scalar[] {
  if (strict) return [...new Set(strictList(field, value).flatMap((part) => strictOperand(field, part) ?? []))];
  const found: Scalar[] = [];
  for (const part of listed(value)) {
    const operand = coerceOperand(field, resolveNow(field, scalar(part), at));
    if (operand !== undefined) found.push(operand);
  }
  return [...new Set(found)];
}

/** The list itself. Throws `validation` for what is written otherwise. */
export function strictList(field: Field, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new GatewayError('validation', { message: `${field.name}: this operator takes a list`, field: field.name });
}
