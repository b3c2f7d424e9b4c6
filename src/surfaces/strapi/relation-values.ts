/** Values of relations in a body: keys, and what is to be connected, disconnected or set (strapi-rest S-154, S-155). */
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, numberText } from '../../lib/json-body.ts';

/** The entries that a relation is to lead to from now on, or those that come and go. Keys are texts. */
export type RelationValue =
  | { readonly is: 'set'; readonly keys: readonly string[] }
  | { readonly is: 'change'; readonly connect: readonly string[]; readonly disconnect: readonly string[] };

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
  return { is: 'change', connect, disconnect: keysOf(name, long['disconnect']) };
}
