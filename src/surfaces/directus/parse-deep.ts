/** `deep`: filter, order and page inside the relations of an answer, as brackets (`deep[comments][_limit]=3`) or as one JSON value. */
import { GatewayError } from '../../lib/errors.ts';
import type { ExactJson, ExactMap } from '../../lib/exact-json.ts';
import type { RequestedFilter, RequestedNested } from '../../query/types.ts';
import { parseSort } from '../parse-sort.ts';
import { parseFilter } from './parse-filter.ts';
import { jsonOf, parseFilterJson } from './parse-filter-json.ts';
import type { PhpValue } from './php-query.ts';

type Nested = ReadonlyMap<string, RequestedNested>;

const isMap = (value: ExactJson | undefined): value is ExactMap => value instanceof Map;

function refuse(path: string, sentence: string): never {
  throw new GatewayError('validation', { message: `${path}: ${sentence}` });
}

/** Levels of the parameter; how deep relations may go is told by the limits of the request. */
const deepest = 50;

/** Parameters of lists that clients of Directus 8 repeat in here, where it passes them over. */
const ofLists: ReadonlySet<string> = new Set(['fields', 'filter', 'q', 'search', 'sort', 'limit', 'offset', 'page', 'status']);

/** Whether nothing but such parameters stands below the relations: no argument of ours, all of which begin with a line. */
function passedOver(value: ExactMap, depth: number): boolean {
  return [...value].every(([name, inner]) => (depth > 1 && ofLists.has(name)) || (isMap(inner) && passedOver(inner, depth + 1)));
}

/** The whole parameter; undefined when it asks for nothing. Throws `validation`, which names the key at fault. */
export function parseDeep(value: PhpValue | undefined): Nested | undefined {
  if (value === undefined || value === '' || (isMap(value) && passedOver(value, 1))) return undefined;
  return typeof value === 'string' ? relations(jsonOf('deep', value), 'deep', 1, true) : relations(value, 'deep', 1, false);
}

/** `json`: the parameter is one JSON text, not brackets. */
function relations(value: ExactJson, path: string, depth: number, json: boolean): Nested | undefined {
  if (!isMap(value)) return refuse(path, 'Write deep[relation][_limit]=3, or an object such as {"relation":{"_limit":3}}.');
  if (depth > deepest) throw new GatewayError('limit_exceeded', { message: `deep: it has more than ${deepest} levels` });
  const found = new Map<string, RequestedNested>();
  for (const [name, inner] of value) {
    if (name.startsWith('_') && depth === 1) refuse(`${path}[${name}]`, 'The name of a relation comes first.');
    found.set(name, ofRelation(inner, `${path}[${name}]`, depth, json));
  }
  return found.size === 0 ? undefined : found;
}

/** The arguments of one relation; every other key is a relation of its rows. */
function ofRelation(value: ExactJson, path: string, depth: number, json: boolean): RequestedNested {
  if (!isMap(value)) return refuse(path, 'What is asked of a relation stands in keys such as _limit.');
  const { limit, offset } = pageOf(value, path);
  const where = filterOf(value.get('_filter'), `${path}[_filter]`, json);
  const search = searchOf(value, path);
  const order = orderOf(value.get('_sort'), `${path}[_sort]`);
  const rest = new Map<string, ExactJson>();
  for (const [key, inner] of value) {
    if (known.has(key)) continue;
    if (key.startsWith('_')) refuse(`${path}[${key}]`, `This key is not known; known are ${[...known].join(', ')}.`);
    rest.set(key, inner);
  }
  const nested = rest.size === 0 ? undefined : relations(rest, path, depth + 1, json);
  return {
    ...(where ? { where } : {}),
    ...(search === undefined ? {} : { search }),
    ...(order ? { order } : {}),
    ...(limit === undefined || limit < 0 ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    ...(nested ? { nested } : {}),
  };
}

const known: ReadonlySet<string> = new Set(['_filter', '_search', '_q', '_sort', '_limit', '_offset', '_page']);

function filterOf(value: ExactJson | undefined, path: string, json: boolean): RequestedFilter | undefined {
  if (value === undefined) return undefined;
  return isBrackets(value) && !(json && isMap(value)) ? parseFilter(value, path) : parseFilterJson(value, path);
}

/** Brackets hold nothing but texts and brackets. */
function isBrackets(value: ExactJson): value is PhpValue {
  return typeof value === 'string' || isMap(value);
}

function searchOf(value: ExactMap, path: string): string | undefined {
  const [name, other] = ['_search', '_q'].filter((key) => value.has(key));
  if (name === undefined) return undefined;
  if (other !== undefined) refuse(`${path}[${other}]`, `Only one of ${name} and ${other} can be given.`);
  const text = value.get(name);
  return typeof text === 'string' ? text : refuse(`${path}[${name}]`, 'This must be a text.');
}

function orderOf(value: ExactJson | undefined, path: string): RequestedNested['order'] {
  if (value === undefined) return undefined;
  const names = typeof value === 'string' ? value.split(',') : isMap(value) ? [...value.values()] : value;
  if (!Array.isArray(names)) return refuse(path, 'This must be a list of fields.');
  return parseSort(names.map((name) => (typeof name === 'string' ? name : refuse(path, 'This must be a list of fields.'))));
}

/** Unlike the page of the whole answer, a number that is none is refused. */
function pageOf(value: ExactMap, path: string): { limit?: number; offset?: number } {
  const limit = whole(value.get('_limit'), `${path}[_limit]`, -1);
  const offset = whole(value.get('_offset'), `${path}[_offset]`, 0);
  const page = whole(value.get('_page'), `${path}[_page]`, 1);
  if (page === undefined) return { ...(limit === undefined ? {} : { limit }), ...(offset === undefined ? {} : { offset }) };
  if (offset !== undefined) refuse(`${path}[_page]`, 'A page and an offset exclude each other.');
  if (limit === undefined || limit < 1) return refuse(`${path}[_page]`, 'A page needs a _limit.');
  return { limit, offset: Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER) };
}

function whole(value: ExactJson | undefined, path: string, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  return number >= least ? number : refuse(path, `This must be a whole number of at least ${least}.`);
}
