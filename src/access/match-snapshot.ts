/**
 * Whether a row could be read as a snapshot says it was: what a change feed may tell of rows that are gone, or out of the caller's sight,
 * follows from that. A snapshot that does not tell decides nothing.
 */
import { isExactNumber, type Json, type JsonObject } from '../lib/json-body.ts';
import type { Filter } from '../query/types.ts';
import { coerceOperand } from '../schema/field-types.ts';
import type { Field } from '../schema/types.ts';

/** The role of a user now; undefined for nobody. */
export type RoleOf = (user: string) => string | undefined;

type Leaf = Extract<Filter, { is: 'compare' | 'null' | 'some' }>;

/** A value of the snapshot as the text that operands are compared by; null for NULL, undefined where it does not tell. */
function textOf(snapshot: JsonObject, field: Field): string | null | undefined {
  if (!Object.hasOwn(snapshot, field.name)) return undefined;
  const value: Json | undefined = snapshot[field.name];
  if (value === null) return null;
  if (isExactNumber(value)) return value.digits;
  if (value === undefined || typeof value === 'object') return undefined;
  const operand = coerceOperand(field, value);
  return operand === undefined ? undefined : String(operand);
}

function leafHolds(filter: Leaf, snapshot: JsonObject, roleOf: RoleOf): boolean | undefined {
  if (filter.is === 'some') {
    const { relation, where } = filter;
    const owner = relation.kind === 'm2o' && relation.field ? textOf(snapshot, relation.field) : undefined;
    const role = where.is === 'compare' && where.field.name === 'role' && where.operator === 'eq' ? where.values[0] : undefined;
    if (owner === undefined || role === undefined) return undefined;
    return owner !== null && roleOf(owner) === String(role);
  }
  const value = textOf(snapshot, filter.field);
  if (value === undefined) return undefined;
  if (filter.is === 'null') return (value === null) !== filter.negated;
  if (filter.operator !== 'eq' && filter.operator !== 'exact' && filter.operator !== 'in') return undefined;
  return value !== null && filter.values.some((one) => String(one) === value);
}

/** Whether a rule held for the row of the snapshot; undefined where that cannot be told. */
export function matchesSnapshot(rule: Filter, snapshot: JsonObject | undefined, roleOf: RoleOf): boolean | undefined {
  switch (rule.is) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'all':
    case 'any': {
      const decides = rule.is === 'any';
      const parts = rule.of.map((part) => matchesSnapshot(part, snapshot, roleOf));
      if (parts.includes(decides)) return decides;
      return parts.includes(undefined) ? undefined : !decides;
    }
    case 'not': {
      const held = matchesSnapshot(rule.of, snapshot, roleOf);
      return held === undefined ? undefined : !held;
    }
    case 'compare':
    case 'null':
    case 'some':
      return snapshot && leafHolds(rule, snapshot, roleOf);
    default:
      return undefined;
  }
}
