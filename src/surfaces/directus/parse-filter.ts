/** `filter[field][operator]=value` into the query model (directus8-data §5.2). */
import { GatewayError } from '../../lib/errors.ts';
import { operators } from '../../query/operators.ts';
import type { RequestedFilter } from '../../query/types.ts';
import { jsonOf, parseFilterJson, usesWords } from './parse-filter-json.ts';
import type { PhpMap, PhpValue } from './php-query.ts';

const ids = new Map(operators.flatMap((operator) => operator.directus.map((name) => [name, operator.id] as const)));

/** A condition and how it joins those before it: the flat list has SQL's precedence. */
interface Condition {
  filter: RequestedFilter;
  or: boolean;
}

/**
 * The whole parameter, in any of its forms: brackets, brackets with the words of the JSON form, JSON text. Undefined when there is
 * nothing to filter by; `name` is the parameter's. Throws `validation` and `unknown_operator`.
 */
export function parseFilter(value: PhpValue | undefined, name = 'filter'): RequestedFilter | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') {
    if (/^\s*[[{]/.test(value)) return parseFilterJson(jsonOf(name, value), name);
    throw new GatewayError('validation', { message: `${name}: write ${name}[field][operator]=value, or an object as JSON.` });
  }
  if (usesWords(value)) return parseFilterJson(value, name);
  return flatFilter(value);
}

function flatFilter(value: PhpMap): RequestedFilter | undefined {
  const conditions: Condition[] = [];
  for (const [field, asked] of value) {
    const path = field.split('.');
    if (typeof asked === 'string') conditions.push({ filter: comparison(path, 'eq', asked), or: false });
    else if (isList(asked)) for (const one of asked.values()) conditions.push(condition(path, one));
    else conditions.push(condition(path, asked));
  }
  return combine(conditions);
}

/** `filter[views][0][gte]=1&filter[views][1][lte]=5`: several conditions on one field. */
function isList(map: PhpMap): boolean {
  return map.size > 0 && [...map].every(([key, value]) => /^\d+$/.test(key) && value instanceof Map);
}

function condition(path: readonly string[], asked: PhpValue): Condition {
  if (typeof asked === 'string') return { filter: comparison(path, 'eq', asked), or: false };
  const logical = asked.get('logical');
  const or = typeof logical === 'string' && logical.toLowerCase() === 'or';
  const parts: RequestedFilter[] = [];
  for (const [name, value] of asked) {
    if (name === 'logical') continue;
    parts.push(comparison(path, operatorId(name), value instanceof Map ? values(value) : value));
  }
  if (parts.length === 0) throw new GatewayError('unknown_operator', { operator: '' });
  const [only] = parts;
  return { filter: only && parts.length === 1 ? only : { is: or ? 'any' : 'all', of: parts }, or };
}

function operatorId(name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new GatewayError('unknown_operator', { operator: name });
  return id;
}

function values(map: PhpMap): unknown[] {
  return [...map.values()].map((value) => (value instanceof Map ? values(value) : value));
}

function comparison(path: readonly string[], operator: string, value: unknown): RequestedFilter {
  return { is: 'compare', path, operator, value };
}

/** AND binds tighter than OR, as in the flat list the reference hands to SQL. */
function combine(conditions: readonly Condition[]): RequestedFilter | undefined {
  const groups: RequestedFilter[][] = [];
  for (const { filter, or } of conditions) {
    const last = groups[groups.length - 1];
    if (last && !or) last.push(filter);
    else groups.push([filter]);
  }
  if (groups.length === 0) return undefined;
  const all = groups.map((group): RequestedFilter => ({ is: 'all', of: group }));
  const [only] = all;
  return only && all.length === 1 ? only : { is: 'any', of: all };
}
