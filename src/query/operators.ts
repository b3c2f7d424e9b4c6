/** Every filter operator: its id, its names on the surfaces and what it means. A new operator is a record here and nowhere else. */
import { GatewayError } from '../lib/errors.ts';
import { type Clock, coerceOperand, resolveNow } from '../schema/field-types.ts';
import { pointForm } from '../schema/points.ts';
import type { Field } from '../schema/types.ts';
import { documentOperators } from './document-operators.ts';
import { allOf, always, anyOf, compare, containing, isNotNull, isNull, never } from './filters.ts';
import { type GeoCondition, readArea, readNear } from './geo-condition.ts';
import { listed, operands, scalar, strictList, strictOperand } from './operands.ts';
import type { Comparison, Filter } from './types.ts';

export interface Operator {
  readonly id: string;
  /** Names in `filter[field][name]` of the Directus surface (directus8-data §5.2). */
  readonly directus: readonly string[];
  /** One sentence for the documentation. */
  readonly meaning: string;
  /** Builds the filter on a column. `at` is the request's time, for `now`. */
  readonly onField?: (field: Field, value: unknown, at: Clock, strict?: boolean) => Filter;
  /** What it asks of a to-many relation, where it may be asked of one. */
  readonly onRelation?: 'has' | 'has-not' | 'all' | 'in' | 'empty' | 'not-empty';
  /** Its operand is a list. */
  readonly list?: true;
  /** Its operand is a geometry of GeoJSON, as an object or as JSON text. */
  readonly geometry?: true;
  /** It takes no operand; the operator that finds all other rows. */
  readonly opposite?: string;
  /** Looks for its operand inside texts, so that the operand's length is limited. */
  readonly seeks?: true;
}

const one =
  (operator: Comparison, whenImpossible: (field: Field) => Filter = () => never) =>
  (field: Field, value: unknown, at: Clock, strict = false): Filter => {
    const operand = strict ? strictOperand(field, value) : coerceOperand(field, resolveNow(field, scalar(value), at));
    return operand === undefined ? whenImpossible(field) : compare(field, operator, operand);
  };

const range =
  (operator: 'between' | 'nbetween') =>
  (field: Field, value: unknown, at: Clock, strict = false): Filter => {
    if (strict) {
      const [low, high, ...more] = strictList(field, value);
      if (low === undefined || high === undefined || more.length > 0) {
        throw new GatewayError('validation', { message: `${field.name}: this operator takes two values`, field: field.name });
      }
      const [from, to] = [strictOperand(field, low), strictOperand(field, high)];
      return from === undefined || to === undefined ? never : compare(field, operator, from, to);
    }
    const parts = listed(value);
    if (parts.length < 2) return never;
    const [from, to] = [parts[0], parts[parts.length - 1]].map((part) => coerceOperand(field, resolveNow(field, scalar(part), at)));
    return from === undefined || to === undefined ? never : compare(field, operator, from, to);
  };

/** A pattern may not end in the middle of an escape: a last lone backslash stands for itself. */
function wholeEscapes(pattern: string): string {
  const trailing = /\\*$/.exec(pattern)?.[0].length ?? 0;
  return trailing % 2 === 1 ? `${pattern}\\` : pattern;
}

/** `%` and `_` of the caller count as text in `contains`, as wildcards in `rlike`. An empty text asks for nothing. */
const like =
  (negated: boolean, raw: boolean) =>
  (field: Field, value: unknown): Filter => {
    const text = String(scalar(value) ?? '');
    if (text.includes('\0')) return never;
    if (text === '' && !raw) return always;
    return { is: 'like', field, pattern: raw ? wholeEscapes(text) : containing(text), negated };
  };

/** The whole text, or one that stands at that place of it, taken literally; fields of other types by their text. */
const textual =
  (place: 'whole' | 'anywhere' | 'start' | 'end', cased: boolean) =>
  (field: Field, value: unknown): Filter => {
    const text = String(scalar(value) ?? '');
    if (text.includes('\0')) return never;
    const literal = containing(text).slice(1, -1);
    const pattern = `${place === 'anywhere' || place === 'end' ? '%' : ''}${literal}${place === 'anywhere' || place === 'start' ? '%' : ''}`;
    return { is: 'like', field, pattern, negated: false, ...(cased ? { cased } : {}) };
  };

const geoOperator =
  (read: (value: unknown) => GeoCondition | string) =>
  (field: Field, value: unknown): Filter => {
    if (!pointForm(field)) {
      throw new GatewayError('unprocessable', { message: `"${field.name}" holds no points; near, within and intersects are for those` });
    }
    const condition = read(value);
    if (typeof condition === 'string') throw new GatewayError('validation', { message: `${field.name}: ${condition}`, field: field.name });
    return { is: 'geo', field, condition };
  };

/** What counts as empty beside NULL: the empty text, and for JSON and lists the empty list and object. Zero is a value. */
function emptyTexts(field: Field): readonly string[] {
  if (field.type === 'json' || field.storage === 'json') return ['', '[]', '{}'];
  if (field.storage === 'array') return ['{}'];
  if (field.type === 'array') return ['', '[]'];
  return field.storage === 'text' || field.storage === 'enum' || field.storage === 'set' ? [''] : [];
}

function empty(field: Field): Filter {
  const texts = emptyTexts(field);
  return texts.length === 0 ? isNull(field) : anyOf([isNull(field), compare(field, 'in', ...texts)]);
}

function notEmpty(field: Field): Filter {
  const texts = emptyTexts(field);
  return texts.length === 0 ? isNotNull(field) : allOf([isNotNull(field), compare(field, 'nin', ...texts)]);
}

function onlyOnLists(field: Field): never {
  throw new GatewayError('unprocessable', { message: `"${field.name}" is not a to-many relation; "has" and "all" filter those only` });
}

export const operators: readonly Operator[] = [
  { id: 'eq', directus: ['eq', '='], meaning: 'equal', onField: one('eq'), onRelation: 'in' },
  { id: 'neq', directus: ['neq', '!=', '<>'], meaning: 'not equal; NULL does not match', onField: one('neq', isNotNull) },
  { id: 'lt', directus: ['lt', '<'], meaning: 'less than', onField: one('lt') },
  { id: 'lte', directus: ['lte', '<='], meaning: 'less than or equal', onField: one('lte') },
  { id: 'gt', directus: ['gt', '>'], meaning: 'greater than', onField: one('gt') },
  { id: 'gte', directus: ['gte', '>='], meaning: 'greater than or equal', onField: one('gte') },
  {
    id: 'in',
    directus: ['in'],
    meaning: 'one of a comma list or array',
    list: true,
    onField: (field, value, at, strict = false) => {
      const values = operands(field, value, at, strict);
      return values.length === 0 ? never : compare(field, 'in', ...values);
    },
    onRelation: 'in',
  },
  {
    id: 'nin',
    directus: ['nin'],
    meaning: 'none of a comma list or array; NULL does not match',
    list: true,
    onField: (field, value, at, strict = false) => {
      const values = operands(field, value, at, strict);
      return values.length === 0 ? (listed(value).length === 0 ? always : isNotNull(field)) : compare(field, 'nin', ...values);
    },
  },
  { id: 'null', directus: ['null'], meaning: 'NULL; the value is ignored', onField: isNull, onRelation: 'empty', opposite: 'nnull' },
  {
    id: 'nnull',
    directus: ['nnull'],
    meaning: 'not NULL; the value is ignored',
    onField: isNotNull,
    onRelation: 'not-empty',
    opposite: 'null',
  },
  {
    id: 'contains',
    directus: ['like', 'contains'],
    meaning: 'contains the text, upper and lower case alike',
    onField: like(false, false),
    seeks: true,
  },
  { id: 'ncontains', directus: ['nlike', 'ncontains'], meaning: 'does not contain the text', onField: like(true, false), seeks: true },
  { id: 'rlike', directus: ['rlike'], meaning: 'LIKE with the wildcards % and _ of the caller', onField: like(false, true), seeks: true },
  { id: 'nrlike', directus: ['nrlike'], meaning: 'not LIKE with the wildcards of the caller', onField: like(true, true), seeks: true },
  {
    id: 'between',
    directus: ['between'],
    meaning: 'between the first and the last of a list, both included',
    onField: range('between'),
    list: true,
  },
  { id: 'nbetween', directus: ['nbetween'], meaning: 'outside the first and the last of a list', onField: range('nbetween'), list: true },
  {
    id: 'empty',
    directus: ['empty'],
    meaning: 'NULL or empty; of a relation: no related row',
    onField: empty,
    onRelation: 'empty',
    opposite: 'nempty',
  },
  {
    id: 'nempty',
    opposite: 'empty',
    directus: ['nempty'],
    meaning: 'neither NULL nor empty; of a relation: a related row',
    onField: notEmpty,
    onRelation: 'not-empty',
  },
  { id: 'ieq', directus: [], meaning: 'equal, upper and lower case alike', onField: textual('whole', false), seeks: true },
  {
    id: 'icontains',
    directus: [],
    meaning: 'contains the text, upper and lower case alike; an empty text is in every value',
    onField: textual('anywhere', false),
    seeks: true,
  },
  {
    id: 'contains_cased',
    directus: [],
    meaning: 'contains the text, upper and lower case told apart',
    onField: textual('anywhere', true),
    seeks: true,
  },
  {
    id: 'starts_with',
    directus: [],
    meaning: 'begins with the text, upper and lower case told apart',
    onField: textual('start', true),
    seeks: true,
  },
  {
    id: 'istarts_with',
    directus: [],
    meaning: 'begins with the text, upper and lower case alike',
    onField: textual('start', false),
    seeks: true,
  },
  {
    id: 'ends_with',
    directus: [],
    meaning: 'ends with the text, upper and lower case told apart',
    onField: textual('end', true),
    seeks: true,
  },
  {
    id: 'iends_with',
    directus: [],
    meaning: 'ends with the text, upper and lower case alike',
    onField: textual('end', false),
    seeks: true,
  },
  {
    id: 'near',
    directus: ['near'],
    meaning: 'a point at most so many metres away, and at least so many: `lng,lat[,max[,min]]`',
    onField: geoOperator(readNear),
    list: true,
  },
  {
    id: 'within',
    directus: ['within'],
    meaning: 'a point inside of a Polygon or MultiPolygon of GeoJSON',
    onField: geoOperator((value) => readArea(value, false)),
    geometry: true,
  },
  {
    id: 'intersects',
    directus: ['intersects'],
    meaning: 'the same, or on its border',
    onField: geoOperator((value) => readArea(value, true)),
    geometry: true,
  },
  ...documentOperators.map((operator) => ({ ...operator, directus: [] })),
  { id: 'has', directus: ['has'], meaning: 'at least that many related rows; 0 means none', onField: onlyOnLists, onRelation: 'has' },
  { id: 'nhas', directus: ['nhas'], meaning: 'fewer related rows than that', onField: onlyOnLists, onRelation: 'has-not' },
  { id: 'all', directus: ['all'], meaning: 'related to every key of the list', onField: onlyOnLists, onRelation: 'all', list: true },
];

const byId = new Map(operators.map((operator) => [operator.id, operator]));

/** The operator with that id. Throws `unknown_operator`. */
export function operatorOf(id: string): Operator {
  const operator = byId.get(id);
  if (!operator) throw new GatewayError('unknown_operator', { operator: id });
  return operator;
}
