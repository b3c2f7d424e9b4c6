/** `aggregate[sum]=price`, `groupBy=status,year(published_on)` into the query model (docs/query.md). */
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedAggregate, RequestedGroup, RequestedMeasure, RequestedOrder } from '../../query/types.ts';
import { parseSort } from '../parse-sort.ts';
import { parseMeta, parsePage, parseStatuses } from './parse.ts';
import { parseFilter } from './parse-filter.ts';
import { jsonOf } from './parse-filter-json.ts';
import { listOf, type PhpMap, textOf } from './php-query.ts';

export interface DirectusAggregate {
  readonly request: RequestedAggregate;
  /** Names of `meta`, undefined when none is wanted. */
  readonly meta?: ReadonlySet<string>;
}

const asked = (query: PhpMap, name: string): boolean => {
  const value = query.get(name);
  return value !== undefined && value !== '';
};

/** Whether the query asks for groups or aggregates instead of rows. */
export function asksAggregate(query: PhpMap): boolean {
  return asked(query, 'aggregate') || asked(query, 'groupBy');
}

/** Throws `unprocessable` when a read by keys asks for groups or aggregates. */
export function refuseAggregate(query: PhpMap): void {
  if (asksAggregate(query)) refuse(asked(query, 'aggregate') ? 'aggregate' : 'groupBy', 'it is for lists; filter by the keys instead');
}

/** Parameters about the rows of an answer, which has none. */
const aboutRows = ['fields', 'single', 'lang', 'deep', 'cursor', 'export'];
/** Names of `meta` that count rows. */
const counters = ['total_count', 'filter_count', 'status', 'status_count', 'page'];

/** Parses the query of groups and aggregates. Throws `validation` and `unprocessable` for what has no place there. */
export function parseAggregate(collection: string, query: PhpMap, defaultLimit: number): DirectusAggregate {
  for (const name of aboutRows) if (asked(query, name)) refuse(name, 'it is about rows, and beside aggregate and groupBy there are none');
  const meta = parseMeta(listOf(query.get('meta')));
  for (const name of counters)
    if (meta?.has(name)) refuse('meta', `${name} is not counted beside aggregate and groupBy; ask for aggregate[count]=*`);
  if (meta?.has('cursor')) refuse('meta', 'groups have no cursor; page by offset');
  const where = parseFilter(query.get('filter'));
  const search = textOf(query, 'q');
  const fullText = textOf(query, 'search');
  const order = parseOrder(query);
  const page = parsePage(query, defaultLimit, false);
  const statuses = parseStatuses(listOf(query.get('status')), false);
  return {
    request: {
      collection,
      groups: namesOf(listOf(query.get('groupBy'))).map(groupOf),
      measures: measuresOf(query),
      offset: page.rowOffset,
      ...(where ? { where } : {}),
      ...(search === undefined ? {} : { search }),
      ...(fullText === undefined ? {} : { fullText }),
      ...(order ? { order } : {}),
      ...(page.rowLimit === undefined ? {} : { limit: page.rowLimit }),
      ...(statuses ? { statuses } : {}),
    },
    ...(meta ? { meta } : {}),
  };
}

function refuse(parameter: string, why: string): never {
  throw new GatewayError('unprocessable', { message: `${parameter}: ${why}` });
}

function namesOf(list: readonly string[] | undefined): string[] {
  return (list ?? []).map((name) => name.trim()).filter((name) => name !== '');
}

/** `year(published_on)` is called `published_on_year` in the answer. */
function groupOf(text: string): RequestedGroup {
  const [, part, dated] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  if (part === undefined || dated === undefined) return { as: text, path: text.split('.') };
  const name = dated.trim();
  return { as: `${name}_${part}`, path: name.split('.'), part };
}

function parseOrder(query: PhpMap): RequestedOrder[] | undefined {
  const order = parseSort(listOf(query.get('sort')));
  if (order === 'random') refuse('sort', 'groups are sorted by what they are grouped by or by aggregates, never at random');
  return order?.map(({ path, descending }) => ({ path: groupOf(path.join('.')).as.split('.'), descending }));
}

function measuresOf(query: PhpMap): RequestedMeasure[] {
  const value = query.get('aggregate');
  if (value === undefined || value === '') return [];
  const functions = typeof value === 'string' ? jsonFunctions(value) : [...value].map(([name, fields]) => [name, listOf(fields)] as const);
  return functions.flatMap(([name, fields]) => {
    const names = namesOf(fields);
    if (names.length === 0) malformed(`${name} names no field`);
    return names.map((field) => ({ function: name, field }));
  });
}

function malformed(what: string): never {
  throw new GatewayError('validation', {
    message: `aggregate: ${what}; write aggregate[sum]=price,views, or {"sum":["price","views"],"count":"*"} as JSON.`,
  });
}

/** Each function with a name, a comma list of names, or a list of names. */
function jsonFunctions(text: string): (readonly [name: string, fields: readonly string[]])[] {
  if (!text.trimStart().startsWith('{')) malformed('This is no object of functions');
  const value = jsonOf('aggregate', text);
  if (!(value instanceof Map)) return malformed('This is no object of functions');
  return [...value].map(([name, fields]): readonly [string, readonly string[]] => {
    if (typeof fields === 'string') return [name, fields.split(',')];
    if (!Array.isArray(fields)) return malformed(`${name} is neither a name nor a list of names`);
    return [name, fields.map((field) => (typeof field === 'string' ? field : malformed(`${name} lists something that is no name`)))];
  });
}
