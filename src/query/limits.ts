/** How much one request may ask for. A refusal names the limit. */
import { GatewayError } from '../lib/errors.ts';
import type { RequestedFilter, RequestedRead, Selection } from './types.ts';

export interface Limits {
  /** Levels of nesting in the selection and in filter paths. */
  readonly depth: number;
  /** Names in the selection, nested ones included. */
  readonly fields: number;
  /** Outputs of the whole answer's shape, once wildcards are expanded. */
  readonly outputs: number;
  /** Conditions and groups of a filter. */
  readonly filterNodes: number;
  /** Keys in one request. */
  readonly keys: number;
}

export const defaultLimits: Limits = { depth: 12, fields: 1000, outputs: 10_000, filterNodes: 300, keys: 5000 };

/** Counts outputs while wildcards expand, so that `*.*.*.*.*` is refused before it is built. */
export function outputCounter(limits: Limits): () => void {
  let count = 0;
  return () => {
    count++;
    if (count > limits.outputs) refuse('outputs (fields of all levels after wildcards)', limits.outputs);
  };
}

function refuse(what: string, limit: number): never {
  throw new GatewayError('limit_exceeded', { message: `The request exceeds the limit of ${limit} ${what}; ask for less` });
}

function selectionSize(selection: Selection, depth: number, limits: Limits): number {
  if (depth > limits.depth) refuse('levels of fields (depth)', limits.depth);
  let size = selection.named.size;
  if (selection.each) size += selectionSize(selection.each, depth + 1, limits);
  for (const child of selection.named.values()) if (child) size += selectionSize(child, depth + 1, limits);
  if (size > limits.fields) refuse('fields', limits.fields);
  return size;
}

function filterSize(filter: RequestedFilter, limits: Limits): number {
  let size = 0;
  const rest: { filter: RequestedFilter; depth: number }[] = [{ filter, depth: 0 }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    size++;
    if (size > limits.filterNodes) refuse('filter conditions', limits.filterNodes);
    if (next.depth > limits.depth * 4) refuse('levels of filter groups (depth)', limits.depth * 4);
    const { filter: node, depth } = next;
    if (node.is === 'compare') {
      if (node.path.length > limits.depth) refuse('names in a filter path (depth)', limits.depth);
    } else if (node.is === 'not') rest.push({ filter: node.of, depth: depth + 1 });
    else for (const part of node.of) rest.push({ filter: part, depth: depth + 1 });
  }
  return size;
}

/** Characters of a text that is looked for inside others: SQLite takes a pattern of 50,000 bytes, and the work grows with it. */
const longestPattern = 10_000;

/** The text of `q` or of a `contains`, when it is not too long. Throws `limit_exceeded`. */
export function soughtText(text: string): string {
  if (text.length > longestPattern) refuse('characters in a text to look for', longestPattern);
  return text;
}

/** Throws `limit_exceeded` when the request is larger than the limits. */
export function checkLimits(request: RequestedRead, limits: Limits): void {
  selectionSize(request.selection, 1, limits);
  if (request.where) filterSize(request.where, limits);
  if (request.keys && request.keys.length > limits.keys) refuse('keys', limits.keys);
  if (request.order !== 'random' && (request.order?.length ?? 0) > 50) refuse('sort terms', 50);
}
