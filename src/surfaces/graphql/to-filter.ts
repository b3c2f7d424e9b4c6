/** Filters of a document as filters of the core. */
import type { GraphQLInputObjectType } from 'graphql';
import { getNamedType, isInputObjectType } from 'graphql';
import { GatewayError } from '../../lib/errors.ts';
import { type Json, numberText } from '../../lib/json-body.ts';
import type { RequestedFilter } from '../../query/types.ts';
import { inputMeaning } from './types.ts';

/** A value that the executor's coercion made of an argument. */
export type Coerced = Readonly<Record<string, unknown>>;

const refuse = (message: string): never => {
  throw new GatewayError('unprocessable', { message });
};

/** Exact numbers as their digits, which is what operands are made of. */
function operand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(operand);
  return numberText(value as Json) ?? value;
}

function isCoerced(value: unknown): value is Coerced {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

const allOf = (of: RequestedFilter[]): RequestedFilter => {
  const [only] = of;
  return of.length === 1 && only ? only : { is: 'all', of };
};

/** The filter that a value of that type stands for; everything in it must hold. */
export function filterOf(type: GraphQLInputObjectType, value: Coerced): RequestedFilter {
  const fields = type.getFields();
  const parts: RequestedFilter[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const field = fields[name];
    const meaning = field && inputMeaning(field);
    if (!field || !meaning) continue;
    const of = getNamedType(field.type);
    switch (meaning.is) {
      case 'all':
      case 'any':
        if (inner !== null && isInputObjectType(of)) parts.push({ is: meaning.is, of: listed(inner).map((one) => filterOf(of, one)) });
        break;
      case 'not':
        if (isCoerced(inner) && isInputObjectType(of)) parts.push({ is: 'not', of: filterOf(of, inner) });
        break;
      case 'compare':
        if (inner === null) refuse(`${name}: null is no value to compare with; ask for "${meaning.name}_null"`);
        parts.push({ is: 'compare', path: [meaning.name], operator: meaning.operator, value: operand(inner) });
        break;
      case 'field':
      case 'relation':
        if (!isCoerced(inner) || !isInputObjectType(of))
          refuse(`${name}: an object of operators stands here; for NULL ask for {_null: true}`);
        else parts.push(...conditions(of, inner, meaning.name, name));
        break;
      default:
        break;
    }
  }
  return allOf(parts);
}

function listed(value: unknown): Coerced[] {
  return (Array.isArray(value) ? value : [value]).filter(isCoerced);
}

/** What stands under a field: operators, and quantifiers of a relation. */
function conditions(type: GraphQLInputObjectType, value: Coerced, path: string, at: string): RequestedFilter[] {
  const fields = type.getFields();
  return Object.entries(value).flatMap(([name, inner]): RequestedFilter[] => {
    const field = fields[name];
    const meaning = field && inputMeaning(field);
    if (!field || !meaning) return [];
    if (inner === null) refuse(`${at}.${name}: null is no value to compare with; ask for {_null: true}`);
    if (meaning.is === 'quantifier') {
      const of = getNamedType(field.type);
      if (!isInputObjectType(of) || !isCoerced(inner)) return [];
      return [{ is: 'related', relation: path, quantifier: meaning.quantifier, where: filterOf(of, inner) }];
    }
    if (meaning.is !== 'operator') return [];
    if (meaning.opposite === undefined) return [{ is: 'compare', path: [path], operator: meaning.operator, value: operand(inner) }];
    return [{ is: 'compare', path: [path], operator: inner === true ? meaning.operator : meaning.opposite, value: '' }];
  });
}
