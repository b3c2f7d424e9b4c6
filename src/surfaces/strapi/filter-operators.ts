/** The operators of `filters` on a column: what each asks of the core, and how their values are read (strapi-rest §4). */
import type { RequestedFilter } from '../../query/types.ts';
import type { Field } from '../../schema/types.ts';
import type { BracketValue } from '../bracket-query.ts';
import { invalidValue } from './faults.ts';
import { truthOf } from './pagination.ts';

interface FilterOperator {
  readonly name: string;
  /** An operator's id. */
  readonly id: string;
  /** Rows that do not match; NULL is neither. */
  readonly negated?: true;
  /** `text`: the operand is a text whatever the column; `truth`: it says whether the operator or its opposite is meant. */
  readonly takes?: 'list' | 'pair' | 'text' | 'truth';
}

const table: readonly FilterOperator[] = [
  { name: '$eq', id: 'eq' },
  { name: '$eqi', id: 'ieq', takes: 'text' },
  { name: '$ne', id: 'neq' },
  { name: '$nei', id: 'ieq', negated: true, takes: 'text' },
  { name: '$lt', id: 'lt' },
  { name: '$lte', id: 'lte' },
  { name: '$gt', id: 'gt' },
  { name: '$gte', id: 'gte' },
  { name: '$in', id: 'in', takes: 'list' },
  { name: '$notIn', id: 'nin', takes: 'list' },
  { name: '$contains', id: 'contains_cased', takes: 'text' },
  { name: '$notContains', id: 'contains_cased', negated: true, takes: 'text' },
  { name: '$ncontains', id: 'contains_cased', negated: true, takes: 'text' },
  { name: '$containsi', id: 'icontains', takes: 'text' },
  { name: '$notContainsi', id: 'icontains', negated: true, takes: 'text' },
  { name: '$ncontainsi', id: 'icontains', negated: true, takes: 'text' },
  { name: '$startsWith', id: 'starts_with', takes: 'text' },
  { name: '$startsWithi', id: 'istarts_with', takes: 'text' },
  { name: '$endsWith', id: 'ends_with', takes: 'text' },
  { name: '$endsWithi', id: 'iends_with', takes: 'text' },
  { name: '$null', id: 'null', takes: 'truth' },
  { name: '$notNull', id: 'nnull', takes: 'truth' },
  { name: '$between', id: 'between', takes: 'pair' },
];

const byName = new Map(table.map((one) => [one.name.toLowerCase(), one]));
const equality: FilterOperator = { name: '$eq', id: 'eq' };

/** Whether that is an operator on a column; names are compared without case. */
export function isOperator(name: string): boolean {
  return byName.has(name.toLowerCase());
}

/** The operator of that name; equality where there is none of it. */
export function operatorNamed(name: string): FilterOperator {
  return byName.get(name.toLowerCase()) ?? equality;
}

/** Whether an empty text is a value of the column, and not the way in which clients write null (S-33). */
const isTextual = ({ storage }: Field): boolean => storage === 'text' || storage === 'set';

const isTruth = ({ type, storage }: Field): boolean => type === 'boolean' || storage === 'boolean';
const words: Readonly<Record<string, string>> = { t: 'true', f: 'false' };

/** A date or a moment may be written as milliseconds since 1970. */
function momentText({ storage }: Field, text: string): string {
  if (!/^-?\d{5,15}$/.test(text) || (storage !== 'date' && storage !== 'datetime' && storage !== 'instant')) return text;
  // Eight digits are a date too.
  const moment = text.length === 8 && storage === 'date' ? Number.NaN : Number(text);
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return text;
  return storage === 'date' ? date.toISOString().slice(0, 10) : date.toISOString();
}

function operand(field: Field, value: BracketValue, operator: FilterOperator): string {
  if (typeof value !== 'string') throw invalidValue(`filters[${field.name}][${operator.name}]`, 'one value stands here');
  if (isTruth(field)) return words[value.toLowerCase()] ?? value;
  return momentText(field, value);
}

const never: RequestedFilter = { is: 'any', of: [] };

/** Columns of types that have no order and no text of their own, and the operators that they take (strapi-rest §17). */
const isWhole = ({ column, storage }: Field): boolean =>
  storage === 'geometry' || storage === 'array' || column.points === true || column.type === 'vector';
const ofWholes: ReadonlySet<string> = new Set(['$eq', '$ne', '$null', '$notNull']);

/** The condition that an operator with its value is. Throws `validation` for a value that it does not take. */
export function fieldFilter(field: Field, operator: FilterOperator, value: BracketValue): RequestedFilter {
  const asked = (id: string, given: unknown): RequestedFilter => ({
    is: 'compare',
    path: [field.name],
    operator: id,
    value: given,
    strict: true,
  });
  const at = `filters[${field.name}][${operator.name}]`;
  if (isWhole(field) && !ofWholes.has(operator.name)) {
    throw invalidValue(at, 'this column is filtered by $eq, $ne, $null and $notNull only');
  }
  switch (operator.takes) {
    case 'truth': {
      const truth = truthOf(value);
      if (truth === undefined) throw invalidValue(at, 'true or false stands here');
      return asked(truth === (operator.id === 'null') ? 'null' : 'nnull', true);
    }
    case 'list': {
      const list = Array.isArray(value) ? value : value === '' && !isTextual(field) ? [] : [value];
      const filled = list.filter((one) => one !== '' || isTextual(field));
      return asked(
        operator.id,
        filled.map((one) => operand(field, one, operator)),
      );
    }
    case 'pair': {
      if (!Array.isArray(value) || value.length !== 2) throw invalidValue(at, 'two values stand here');
      return asked(
        operator.id,
        value.map((one) => operand(field, one, operator)),
      );
    }
    default: {
      // A list means any of its values (S-65).
      if (Array.isArray(value)) return { is: 'any', of: value.map((one) => fieldFilter(field, operator, one)) };
      if (typeof value !== 'string') throw invalidValue(at, 'one value stands here');
      if (operator.takes === 'text') return textFilter(field, operator, value, asked);
      if (value === '' && !isTextual(field)) {
        return operator.id === 'eq' ? asked('null', true) : operator.id === 'neq' ? asked('nnull', true) : never;
      }
      return asked(operator.id, operand(field, value, operator));
    }
  }
}

function textFilter(
  field: Field,
  { id, negated }: FilterOperator,
  value: string,
  asked: (id: string, given: unknown) => RequestedFilter,
): RequestedFilter {
  // Without a value these ask for NULL, as $eq and $ne do.
  if (id === 'ieq' && value === '' && !isTextual(field)) return asked(negated ? 'nnull' : 'null', true);
  const found = asked(id, value);
  return negated ? { is: 'all', of: [{ is: 'not', of: found }, asked('nnull', true)] } : found;
}
