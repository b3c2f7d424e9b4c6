/** What a query string or the body of an overridden method asks for, by the names of the convention (payload-rest §6, §7, P-35 to P-38). */
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, numberText, parseJsonBody } from '../../lib/json-body.ts';
import type { Limits } from '../../query/limits.ts';
import { type BracketValue, parseBrackets } from '../bracket-query.ts';
import { queryFault } from './faults.ts';

/** Values as they came: texts of a query string, or of JSON. */
export type Asked = Json;

/** Parameters by name. */
export type Parameters = ReadonlyMap<string, Asked>;

function jsonOf(value: BracketValue): Json {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, jsonOf(inner)]));
}

/** The parameters of a query string. Throws `limit_exceeded` and `bad_request` as `parseBrackets` does. */
export function parametersOf(rawQuery: string, limits: Limits): Parameters {
  return new Map(Object.entries(parseBrackets(rawQuery, limits)).map(([name, value]) => [name, jsonOf(value)]));
}

/** Parameters that are understood, and those that mean nothing here and that clients of the convention send (P-124). */
const known: ReadonlySet<string> = new Set([
  'where',
  'sort',
  'limit',
  'page',
  'pagination',
  'depth',
  'select',
  'populate',
  'joins',
  'locale',
  'fallback-locale',
  'fallbackLocale',
  'trash',
  'draft',
  'autosave',
  'publishAllLocales',
  'unpublishAllLocales',
  'publishSpecificLocale',
  'overrideLock',
  'flattenLocales',
  'selectedLocales',
  'dry_run',
]);

const groups = ['select', 'populate', 'joins'] as const;

/**
 * Throws the fault that names parameters which nobody knows, since what is misspelled would be left out without a word, and those that are
 * not of the form that they have.
 */
export function checkParameters(parameters: Parameters): void {
  const unknown = [...parameters.keys()].filter((name) => !known.has(name));
  const formless = groups.filter((name) => {
    const value = parameters.get(name);
    const empty = value === undefined || value === null || value === '' || (isJsonList(value) && value.length === 0);
    return !empty && !isJsonObject(value) && truthOf(value) !== false;
  });
  const { sort, dry_run: dryRun } = Object.fromEntries(parameters);
  // A write that was to be a dry run is not done because of how that was written.
  const odd = dryRun !== undefined && textOf(dryRun) === undefined ? ['dry_run'] : [];
  const faults = [...unknown, ...formless, ...odd, ...(sort !== undefined && isJsonObject(sort) ? ['sort'] : [])];
  if (faults.length > 0) throw queryFault(faults);
}

/** Those of the URL, and of the body that stands for a query: where both name one, the body's counts (P-35). */
export function withBody(parameters: Parameters, body: Parameters): Parameters {
  return new Map([...parameters, ...body]);
}

/** Parameters that came as JSON. Throws `bad_request` for what is no object. */
export function parametersOfJson(text: string): Parameters {
  const value = parsed(text, 'The body');
  if (!isJsonObject(value)) throw new GatewayError('bad_request', { message: 'The body of parameters is an object' });
  return new Map(Object.entries(value));
}

function parsed(text: string, what: string): Json {
  try {
    return parseJsonBody(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new GatewayError('bad_request', { message: `${what} is no JSON that can be read` });
  }
}

/** The text of a scalar; undefined for lists, objects and what is not there. */
export function textOf(value: Asked | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return value === undefined || value === null ? undefined : numberText(value);
}

/** Truth as clients write it; undefined for anything else. */
export function truthOf(value: Asked | undefined): boolean | undefined {
  const text = textOf(value)?.trim().toLowerCase();
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;
}

/** A whole number from 0 on; what is none, and a negative one, counts as not given (P-92). */
export function countOf(value: Asked | undefined): number | undefined {
  const text = textOf(value)?.trim() ?? '';
  const number = /^\+?\d+(?:\.\d+)?$/.test(text) ? Math.trunc(Number(text)) : undefined;
  return number === undefined ? undefined : Math.min(number, Number.MAX_SAFE_INTEGER);
}

/** An object of members; one that came as JSON text too. Undefined for anything else. */
export function membersOf(value: Asked | undefined): ReadonlyMap<string, Asked> | undefined {
  return value !== undefined && isJsonObject(value) ? new Map(Object.entries(value)) : undefined;
}

/** The value of `where`, of which a text is JSON (P-38). Throws `bad_request` where that cannot be read. */
export function whereValue(value: Asked | undefined): Asked | undefined {
  if (typeof value !== 'string') return value;
  return value.trim() === '' ? undefined : parsed(value, '"where"');
}

/** Names with commas between, or as a list. */
export function namesOf(value: Asked | undefined): string[] {
  if (value === undefined) return [];
  const texts = isJsonList(value) ? value.flatMap((one) => textOf(one) ?? []) : [textOf(value) ?? ''];
  return texts.flatMap((text) => text.split(',')).flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}

export interface Page {
  /** Undefined: all rows, or the slice that `limit` names without counting. */
  readonly paged: boolean;
  /** As it is told; 0 for no limit. */
  readonly limit: number;
  readonly page: number;
}

const usualLimit = 10;

/** `limit`, `page` and `pagination` (P-90 to P-92). */
export function pageOf(parameters: Parameters): Page {
  const limit = countOf(parameters.get('limit'));
  const page = Math.max(countOf(parameters.get('page')) ?? 1, 1);
  const paged = truthOf(parameters.get('pagination')) !== false && limit !== 0;
  return { paged, limit: paged ? (limit ?? usualLimit) : (limit ?? 0), page };
}

const usualDepth = 2;
const deepest = 10;

/** `depth` (P-100). */
export function depthOf(parameters: Parameters): number {
  const text = textOf(parameters.get('depth'))?.trim() ?? '';
  const depth = /^[+-]?\d+(?:\.\d+)?$/.test(text) ? Math.trunc(Number(text)) : usualDepth;
  return Math.min(Math.max(depth, 0), deepest);
}
