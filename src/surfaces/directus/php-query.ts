/** Query strings as PHP reads them (directus8-data §1.3): brackets nest, `[]` appends, of two equal keys the last one wins. */
import { GatewayError } from '../../lib/errors.ts';

/** A value, or a bracketed group in query order. A Map has no prototype for a key to reach. */
export type PhpValue = string | PhpMap;
export type PhpMap = Map<string, PhpValue>;

/** At most so many brackets in one name, and so many parameters. */
const deepest = 32;
const most = 2000;

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    throw new GatewayError('bad_request', { message: `The query string has a broken percent encoding near "${text.slice(0, 40)}"` });
  }
}

/** The end of the name: an equals sign inside brackets belongs to an operator such as `<=`. */
function splitPair(pair: string): [name: string, value: string] {
  const bracket = pair.indexOf(']=');
  const encoded = pair.search(/%5D=/i);
  const first = pair.indexOf('=');
  let at = first;
  if (pair.slice(0, first === -1 ? undefined : first).match(/\[|%5B/i)) {
    if (bracket !== -1) at = bracket + 1;
    else if (encoded !== -1) at = encoded + 3;
  }
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

function segments(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0) {
    if (open === 0 || name.includes(']')) malformed(name);
    return [name];
  }
  const parts = [name.slice(0, open)];
  let rest = name.slice(open);
  while (rest !== '') {
    const close = rest.indexOf(']');
    if (rest[0] !== '[' || close === -1) malformed(name);
    parts.push(rest.slice(1, close));
    rest = rest.slice(close + 1);
  }
  if (parts.length > deepest) throw new GatewayError('limit_exceeded', { message: `The query string nests more than ${deepest} brackets` });
  return parts;
}

function malformed(name: string): never {
  throw new GatewayError('bad_request', {
    message: `The brackets of the parameter "${name.slice(0, 80)}" do not match; write name[key]=value`,
  });
}

/** Parses the text behind the question mark. Throws bad_request for broken brackets or encodings, limit_exceeded for too much. */
export function parsePhpQuery(text: string): PhpMap {
  const root: PhpMap = new Map();
  const pairs = text.split('&');
  if (pairs.length > most) throw new GatewayError('limit_exceeded', { message: `The query string has more than ${most} parameters` });
  for (const pair of pairs) {
    if (pair === '') continue;
    const [rawName, rawValue] = splitPair(pair);
    const name = decode(rawName);
    if (name === '') continue;
    put(root, segments(name), decode(rawValue));
  }
  return root;
}

function put(root: PhpMap, path: readonly string[], value: string): void {
  let at = root;
  for (let i = 0; i < path.length - 1; i++) {
    const key = keyIn(at, path[i] ?? '', i);
    const found = at.get(key);
    if (found instanceof Map) {
      at = found;
      continue;
    }
    const next: PhpMap = new Map();
    // What stood there is replaced, and the key takes its new place in the order.
    at.delete(key);
    at.set(key, next);
    at = next;
  }
  at.set(keyIn(at, path[path.length - 1] ?? '', path.length - 1), value);
}

/** `[]` takes the next free index. */
function keyIn(map: PhpMap, key: string, depth: number): string {
  if (key !== '' || depth === 0) return key;
  let next = 0;
  for (const used of map.keys()) if (/^\d{1,9}$/.test(used)) next = Math.max(next, Number(used) + 1);
  return String(next);
}

/** A list parameter in any of its forms: comma text, `name[]`, `name[0]`. Undefined when absent. */
export function listOf(value: PhpValue | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value.split(',');
  return [...value.values()].flatMap((part) => listOf(part) ?? []);
}

/** A text parameter; a group where a text belongs is an error that names the parameter. */
export function textOf(query: PhpMap, name: string): string | undefined {
  const value = query.get(name);
  if (value instanceof Map) throw new GatewayError('validation', { message: `${name}: This value should be of type string.` });
  return value;
}
