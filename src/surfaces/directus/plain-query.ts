/** The parameters of a query as plain values, and back: as extensions see and give them. */
import type { Payload } from '../../engine/hooks.ts';
import type { ItemQuery } from '../../extensions/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { ExactNumber, writePlainJson } from '../../lib/plain-json.ts';
import type { PhpMap, PhpValue } from './php-query.ts';

/** Brackets that hold nothing but numbers are a list. */
function plainOf(value: PhpValue): unknown {
  if (typeof value === 'string') return value;
  const isList = value.size > 0 && [...value.keys()].every((key, i) => key === String(i));
  return isList ? [...value.values()].map(plainOf) : plainQuery(value);
}

/** As an object; the caller's token is not in it. */
export function plainQuery(query: PhpMap): Payload {
  const entries = [...query].filter(([name]) => name !== 'access_token').map(([name, value]) => [name, plainOf(value)]);
  return Object.fromEntries(entries) as Payload;
}

function phpOf(name: string, value: unknown): PhpValue {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (['number', 'bigint', 'boolean'].includes(typeof value) || value instanceof ExactNumber) return String(value);
  if (typeof value === 'object') return phpQuery(value, name);
  throw new GatewayError('validation', { message: `${name}: this is no value of a query` });
}

/** The same object as parameters; lists become brackets with numbers, and what is undefined is left out. */
export function phpQuery(query: object, place?: string): PhpMap {
  const map: PhpMap = new Map();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) map.set(key, phpOf(place === undefined ? key : `${place}[${key}]`, value));
  }
  return map;
}

const itemParameters: ReadonlySet<string> = new Set<keyof ItemQuery>([
  'fields',
  'filter',
  'sort',
  'limit',
  'offset',
  'page',
  'q',
  'search',
  'status',
  'lang',
  'deep',
]);

/** The query of a service; what it has no parameter for is refused, so that a filter with a slip of the pen does not find everything. */
export function itemQuery({ filter, deep, ...others }: ItemQuery): PhpMap {
  const unknown = Object.keys(others).find((name) => !itemParameters.has(name));
  if (unknown !== undefined) {
    throw new GatewayError('validation', {
      message: `${unknown}: there is no such parameter; there are ${[...itemParameters].join(', ')}`,
    });
  }
  // As JSON, in which a null is one.
  const json = (value: unknown): string | undefined => (value === undefined ? undefined : writePlainJson(value));
  return phpQuery({ ...others, filter: json(filter), deep: json(deep) });
}
