/** Values of relations in a body: keys, and what is to be connected, disconnected or set (strapi-rest S-154, S-155). */
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, numberText } from '../../lib/json-body.ts';
import type { Lead } from './sight.ts';

/** The entries that a relation is to lead to from now on, or those that come and go. Keys are texts. */
export type RelationValue =
  | { readonly is: 'set'; readonly keys: readonly string[] }
  | {
      readonly is: 'change';
      readonly connect: readonly string[];
      readonly disconnect: readonly string[];
      /** Where some of those that come are to stand, by their keys. */
      readonly positions: ReadonlyMap<string, Position>;
    };

/** A relation that is written, and how. */
export interface RelationWrite {
  readonly name: string;
  readonly lead: Lead;
  readonly value: RelationValue;
}

/** A position in the order of a relation; beside another entry, whose key that is. */
export type Position = { readonly is: 'start' | 'end' } | { readonly is: 'before' | 'after'; readonly key: string };

function fault(name: string, sentence: string): GatewayError {
  return new GatewayError('validation', { message: `${name}: ${sentence}`, field: name });
}

function keyOf(name: string, value: Json): string {
  const number = numberText(value);
  if (number !== undefined) return number;
  if (typeof value === 'string' && value !== '') return value;
  if (isJsonObject(value)) {
    const id = Object.hasOwn(value, 'id') ? value['id'] : Object.hasOwn(value, 'documentId') ? value['documentId'] : undefined;
    if (id !== undefined && id !== null && !isJsonObject(id)) return keyOf(name, id);
  }
  throw fault(name, 'entries are named by their ids, or by objects with an id; none are made here');
}

function keysOf(name: string, value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  return isJsonList(value) ? value.map((one) => keyOf(name, one)) : [keyOf(name, value)];
}

const positionKinds = ['before', 'after', 'start', 'end'] as const;

function positionOf(name: string, value: Json): Position | undefined {
  if (!isJsonObject(value) || !Object.hasOwn(value, 'position')) return undefined;
  const { position } = value;
  const entries = position !== undefined && isJsonObject(position) ? Object.entries(position) : [];
  const [[asked, said] = ['', null]] = entries;
  const is = positionKinds.find((one) => one === asked);
  if (entries.length !== 1 || !is) throw fault(name, 'a position is one of before and after, with an id, and start and end, with true');
  if (is === 'before' || is === 'after') return { is, key: keyOf(name, said) };
  if (said !== true) throw fault(name, `the position ${is} takes true`);
  return { is };
}

/** By the keys of the entries. */
function positionsOf(name: string, value: Json | undefined): ReadonlyMap<string, Position> {
  const entries = value === undefined || value === null ? [] : isJsonList(value) ? value : [value];
  return new Map(
    entries.flatMap((one): [string, Position][] => {
      const position = positionOf(name, one);
      return position ? [[keyOf(name, one), position]] : [];
    }),
  );
}

const changing = ['connect', 'disconnect', 'set'] as const;

/** What a value asks for. Throws `validation` for what is none of the forms. */
export function relationValue(name: string, value: Json): RelationValue {
  const long = isJsonObject(value) && changing.some((one) => Object.hasOwn(value, one)) ? value : undefined;
  if (!long) return { is: 'set', keys: keysOf(name, value) };
  const other = Object.keys(long).find((one) => !changing.some((known) => known === one) && one !== 'options');
  if (other !== undefined) throw fault(name, `"${other}" is unknown; known are connect, disconnect and set`);
  if (Object.hasOwn(long, 'set')) {
    if (Object.hasOwn(long, 'connect') || Object.hasOwn(long, 'disconnect')) throw fault(name, 'set stands alone');
    return { is: 'set', keys: keysOf(name, long['set']) };
  }
  const connect = keysOf(name, long['connect']);
  const twice = connect.find((one, i) => connect.indexOf(one) !== i);
  if (twice !== undefined) throw fault(name, `the entry "${twice}" is connected twice`);
  return { is: 'change', connect, disconnect: keysOf(name, long['disconnect']), positions: positionsOf(name, long['connect']) };
}
