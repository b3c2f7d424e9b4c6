/**
 * The filter as one value: `{"_and":[{"status":{"_eq":"published"}},{"comments":{"_some":{"likes":{"_gte":5}}}}]}`, as JSON text or
 * in brackets with the same keys. Operators are those of `filter[field][operator]` behind an underscore.
 */
import { GatewayError } from '../../lib/errors.ts';
import { type ExactJson, type ExactMap, parseExactJson } from '../../lib/exact-json.ts';
import { type Operator, operators } from '../../query/operators.ts';
import type { RequestedFilter } from '../../query/types.ts';

const byWord: ReadonlyMap<string, Operator> = new Map(
  operators.flatMap((operator) => operator.directus.filter((name) => /^\w+$/.test(name)).map((name) => [`_${name}`, operator] as const)),
);
const quantifiers: ReadonlyMap<string, 'some' | 'none' | 'every'> = new Map([
  ['_some', 'some'],
  ['_none', 'none'],
  ['_every', 'every'],
]);
const logic: ReadonlyMap<string, 'all' | 'any' | 'not'> = new Map([
  ['_and', 'all'],
  ['_or', 'any'],
  ['_not', 'not'],
]);

const isMap = (value: ExactJson | undefined): value is ExactMap => value instanceof Map;

function refuse(parameter: string, sentence: string): never {
  throw new GatewayError('validation', { message: `${parameter}: ${sentence}` });
}

/** The value of a parameter that is one JSON text. Throws `validation`, which names the parameter and the place. */
export function jsonOf(parameter: string, text: string): ExactJson {
  const parsed = parseExactJson(text);
  return 'fault' in parsed ? refuse(parameter, `This is no JSON: ${parsed.fault}.`) : parsed.value;
}

/** Whether brackets write this form of a filter: some key is one of its words. */
export function usesWords(value: ExactJson): boolean {
  if (!isMap(value)) return false;
  for (const [key, inner] of value) {
    if (byWord.has(key) || quantifiers.has(key) || logic.has(key) || usesWords(inner)) return true;
  }
  return false;
}

/** The filter; undefined when it has no conditions. `parameter` names it in refusals. Throws `validation` and `unknown_operator`. */
export function parseFilterJson(value: ExactJson, parameter = 'filter'): RequestedFilter | undefined {
  if (!isMap(value)) refuse(parameter, 'The filter must be an object, such as {"status":{"_eq":"published"}}.');
  return value.size === 0 ? undefined : conditions(value, parameter);
}

/** An object of conditions, all of which hold. */
function conditions(map: ExactMap, parameter: string): RequestedFilter {
  const parts = [...map].map(([key, value]) => condition(key, value, parameter));
  const [only] = parts;
  return only && parts.length === 1 ? only : { is: 'all', of: parts };
}

function condition(key: string, value: ExactJson, parameter: string): RequestedFilter {
  const joint = logic.get(key);
  if (joint === 'not') return { is: 'not', of: conditions(objectOf(key, value, parameter), parameter) };
  if (joint) {
    const parts = listOf(value) ?? refuse(parameter, `"${key}" takes a list of objects.`);
    if (parts.length === 0 && joint === 'any') refuse(parameter, `"${key}" is an empty list, which nothing could match.`);
    return { is: joint, of: parts.map((part) => conditions(objectOf(key, part, parameter), parameter)) };
  }
  if (byWord.has(key) || quantifiers.has(key)) refuse(parameter, `"${key}" stands where the name of a field belongs.`);
  return ofField(key.split('.'), value, parameter);
}

function objectOf(key: string, value: ExactJson, parameter: string): ExactMap {
  if (isMap(value) && listOf(value) === undefined) return value;
  return refuse(parameter, `"${key}" takes ${key === '_and' || key === '_or' ? 'a list of objects' : 'an object'}.`);
}

/** A list, or brackets with nothing but numbers. */
function listOf(value: ExactJson): readonly ExactJson[] | undefined {
  if (Array.isArray(value)) return value;
  if (isMap(value) && value.size > 0 && [...value.keys()].every((key) => /^\d+$/.test(key))) return [...value.values()];
  return undefined;
}

/** What is asked of a field or of the rows that a relation leads to. */
function ofField(path: readonly string[], value: ExactJson, parameter: string): RequestedFilter {
  const name = path.join('.');
  if (value === null) return { is: 'compare', path, operator: 'null', value };
  if (!isMap(value)) {
    if (listOf(value)) refuse(parameter, `"${name}" has a list; write {"${name}":{"_in":[…]}}.`);
    return { is: 'compare', path, operator: 'eq', value };
  }
  if (value.size === 0) refuse(parameter, `"${name}" has no operator.`);
  const parts: RequestedFilter[] = [];
  const inside = new Map<string, ExactJson>();
  for (const [key, inner] of value) {
    const operator = byWord.get(key);
    const quantifier = quantifiers.get(key);
    if (operator) parts.push(comparison(path, key, operator, inner, parameter));
    else if (quantifier) parts.push(related(path, quantifier, objectOf(key, inner, parameter), parameter));
    else if (key.startsWith('_') && !logic.has(key) && !isMap(inner)) throw new GatewayError('unknown_operator', { operator: key });
    else inside.set(key, inner);
  }
  // Together, so that they hold for one and the same related row.
  if (inside.size > 0) parts.push(related(path, 'some', inside, parameter));
  const [only] = parts;
  return only && parts.length === 1 ? only : { is: 'all', of: parts };
}

function related(path: readonly string[], quantifier: 'some' | 'none' | 'every', where: ExactMap, parameter: string): RequestedFilter {
  const relation = path[path.length - 1] ?? '';
  const innermost: RequestedFilter = { is: 'related', relation, quantifier, where: conditions(where, parameter) };
  return path
    .slice(0, -1)
    .reduceRight<RequestedFilter>((inner, step) => ({ is: 'related', relation: step, quantifier: 'some', where: inner }), innermost);
}

const nulls: ReadonlyMap<string, string> = new Map([
  ['eq', 'null'],
  ['neq', 'nnull'],
]);

function comparison(path: readonly string[], word: string, operator: Operator, value: ExactJson, parameter: string): RequestedFilter {
  const compare = (id: string, operand: unknown): RequestedFilter => ({ is: 'compare', path, operator: id, value: operand });
  if (operator.opposite !== undefined) return compare(truth(word, value, parameter) ? operator.id : operator.opposite, null);
  if (operator.geometry) return compare(operator.id, value);
  if (operator.list) return compare(operator.id, listOperand(word, operator, value, parameter));
  if (value === null) return compare(nulls.get(operator.id) ?? refuse(parameter, `"${word}" does not take null.`), null);
  if (typeof value === 'object') refuse(parameter, `"${word}" takes one value, not a list or an object.`);
  return compare(operator.id, value);
}

function truth(word: string, value: ExactJson, parameter: string): boolean {
  if (value === true || value === '' || value === '1' || value === 'true') return true;
  if (value === false || value === '0' || value === 'false') return false;
  return refuse(parameter, `"${word}" takes true or false.`);
}

function listOperand(word: string, operator: Operator, value: ExactJson, parameter: string): unknown {
  if (typeof value === 'string') return value;
  const list = listOf(value) ?? refuse(parameter, `"${word}" takes a list.`);
  if (list.some((one) => one === null || typeof one === 'object'))
    refuse(parameter, `the list of "${word}" holds values only, and no null.`);
  if (operator.id.endsWith('between') && list.length !== 2) refuse(parameter, `"${word}" takes a list of two values.`);
  return list;
}
