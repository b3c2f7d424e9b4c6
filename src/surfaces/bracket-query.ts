/** Query strings with nested brackets, as clients of Strapi and Payload write them by `qs` (strapi-rest S-32). */
import { createRequire } from 'node:module';
import type { parse } from 'qs';
import { GatewayError } from '../lib/errors.ts';
import { type Limits, refuse } from '../query/limits.ts';

/** Objects have no prototype for a name to reach. */
export type BracketValue = string | BracketGroup | readonly BracketValue[];
export interface BracketGroup {
  readonly [name: string]: BracketValue;
}

let loaded: typeof parse | undefined;

/** Loaded with the first query string that has brackets to be read: it takes a start a twentieth of its time. */
function parser(): typeof parse {
  loaded ??= createRequire(import.meta.url)('qs').parse as typeof parse;
  return loaded;
}

type Bounds = Pick<Limits, 'queryDepth' | 'queryParameters'>;

/** What `qs` leaves out: it must be told as any other name, since a condition that is lost is none. */
const unloved = '__proto__';
const standIn = '\0proto';

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new GatewayError('bad_request', { message: `The query string has a broken percent encoding near "${text.slice(0, 40)}"` });
  }
}

/** `a[]` without a value is an empty list, as `a[]=` is. */
function withValues(text: string): string {
  return text.replace(/(^|&)([^&=]*(?:\[|%5B)(?:\]|%5D))(?=&|$)/gi, '$1$2=');
}

function checkSize(text: string, { queryDepth, queryParameters }: Bounds): void {
  const pairs = text.split('&');
  if (pairs.length > queryParameters) refuse('parameters of a query string (queryParameters)', queryParameters);
  for (const pair of pairs) {
    const levels = pair.split(/\[|%5B/i).length - 1;
    // A value may hold brackets of its own.
    if (levels > queryDepth && levelsOf(pair) > queryDepth) refuse('levels of brackets in a query string (queryDepth)', queryDepth);
  }
}

function levelsOf(pair: string): number {
  const closing = pair.search(/(?:\]|%5D)=/i);
  const end = closing === -1 ? pair.indexOf('=') : closing;
  return (end === -1 ? pair : pair.slice(0, end)).split(/\[|%5B/i).length - 1;
}

/**
 * Parses the text behind the question mark. Lists are written `a[]=`, `a[0]=` or by one name twice; an object whose names are all
 * numbers is the list of its values by these. `a[]=` is an empty list.
 *
 * @throws GatewayError `limit_exceeded` beyond `queryDepth` and `queryParameters`, `bad_request` for what cannot be decoded
 */
export function parseBrackets(text: string, bounds: Bounds): BracketGroup {
  if (text === '') return Object.create(null);
  checkSize(text, bounds);
  const parsed: unknown = parser()(withValues(text), {
    depth: bounds.queryDepth + 1,
    parameterLimit: bounds.queryParameters + 1,
    arrayLimit: bounds.queryParameters,
    plainObjects: true,
    allowEmptyArrays: true,
    decoder: (part, _, __, kind) => (kind === 'key' ? decoded(part).replaceAll(unloved, standIn) : decoded(part)),
  });
  return groupOf(parsed !== null && typeof parsed === 'object' ? Object.entries(parsed) : []);
}

/** Whether names stand below a name. */
export function isGroup(value: BracketValue | undefined): value is BracketGroup {
  return typeof value === 'object' && !Array.isArray(value);
}

function read(value: unknown): BracketValue {
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value !== 'object') return String(value ?? '');
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name))) {
    // Numbers as names already stand in their order, up to where they are no indices any more.
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, one]) => read(one));
  }
  return groupOf(entries);
}

function groupOf(entries: readonly (readonly [string, unknown])[]): BracketGroup {
  const group: Record<string, BracketValue> = Object.create(null);
  for (const [name, one] of entries) group[name.replaceAll(standIn, unloved)] = read(one);
  return group;
}
