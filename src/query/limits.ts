/** How much one request may ask for. A refusal names the limit; every limit is a setting of the project file. */
import { GatewayError } from '../lib/errors.ts';
import { type GeoCondition, positionsIn } from './geo-condition.ts';
import { operators } from './operators.ts';
import type { RequestedOutput, RequestedTemplate } from './requested-template.ts';
import type { RequestedAggregate, RequestedFilter, RequestedNested, RequestedRead, Selection } from './types.ts';

/** What work may take before it is done in another way, and how long is waited: no request is too large for these. */
export interface Budgets {
  /** Milliseconds that counts may hold up a read before they are estimated; 0 is as long as a statement may take. */
  readonly countMilliseconds: number;
  /** Rows that `search` looks through where no index finds its words. */
  readonly searchRows: number;
  /** Seconds that the answer to a request with an Idempotency-Key is kept. */
  readonly idempotencySeconds: number;
  /** Seconds after which such a request may be sent again where nothing was heard of it. */
  readonly idempotencyLeaseSeconds: number;
}

export interface Limits extends Budgets {
  /** Levels of nesting in the selection, in filter and sort paths and in arguments of relations. */
  readonly depth: number;
  /** Names in the selection, nested ones included. */
  readonly fields: number;
  /** Outputs of the whole answer's shape, once wildcards are expanded. */
  readonly outputs: number;
  /** Conditions and groups of all filters of a request. */
  readonly filterNodes: number;
  /** Keys in one request. */
  readonly keys: number;
  /** Terms of all orders of a request. */
  readonly sort: number;
  /** Characters of a text that is looked for inside others: the work grows with it. */
  readonly searchCharacters: number;
  /** Positions of an area that points are looked for in: all of them are looked at for each point. */
  readonly areaPositions: number;
  /** Rows of one answer; `Infinity` only for what is written out row by row. */
  readonly pageRows: number;
  /** Rows of one nested list. */
  readonly nestedRows: number;
  /** Rows that one write may make, change or delete, nested ones included. */
  readonly writeRows: number;
  /** Operations of one batch. */
  readonly batchOperations: number;
  /** Bytes of a URL. */
  readonly urlBytes: number;
  /** Levels of brackets in a name of a query string, and parameters of one, where brackets are the surface's syntax. */
  readonly queryDepth: number;
  readonly queryParameters: number;
  /** Exports under way at once. */
  readonly exports: number;
  /** Seconds that an export may take. */
  readonly exportSeconds: number;
}

export const defaultBudgets: Budgets = {
  countMilliseconds: 500,
  searchRows: 10_000,
  idempotencySeconds: 86_400,
  idempotencyLeaseSeconds: 60,
};

export const defaultLimits: Limits = {
  ...defaultBudgets,
  depth: 12,
  fields: 1000,
  outputs: 10_000,
  filterNodes: 300,
  keys: 5000,
  sort: 50,
  searchCharacters: 10_000,
  areaPositions: 1000,
  pageRows: 25_000,
  nestedRows: 10_000,
  writeRows: 10_000,
  batchOperations: 100,
  urlBytes: 32_768,
  queryDepth: 20,
  queryParameters: 1000,
  exports: 4,
  exportSeconds: 600,
};

/** The limits of a project: its settings, and the defaults for the others. */
export function limitsOf(settings: { readonly [name in keyof Limits]?: number | undefined } = {}): Limits {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { ...defaultLimits, ...Object.fromEntries(set) };
}

/** Refuses a request that is beyond a limit on sight. */
export function refuse(what: string, limit: number): never {
  throw new GatewayError('limit_exceeded', { message: `The request exceeds the limit of ${limit} ${what}; ask for less` });
}

/** Counts outputs while wildcards expand, so that `*.*.*.*.*` is refused before it is built. */
export function outputCounter(limits: Limits): () => void {
  let count = 0;
  return () => {
    count++;
    if (count > limits.outputs) refuse('outputs (fields of all levels after wildcards)', limits.outputs);
  };
}

function selectionSize(selection: Selection, depth: number, limits: Limits): number {
  if (depth > limits.depth) refuse('levels of fields (depth)', limits.depth);
  let size = selection.named.size;
  if (selection.each) size += selectionSize(selection.each, depth + 1, limits);
  for (const child of selection.named.values()) if (child) size += selectionSize(child, depth + 1, limits);
  if (size > limits.fields) refuse('fields', limits.fields);
  return size;
}

const seeking = new Set(operators.filter((operator) => operator.seeks).map((operator) => operator.id));

function checkText(text: string, limits: Limits): void {
  if (text.length > limits.searchCharacters) refuse('characters in a text to look for (searchCharacters)', limits.searchCharacters);
}

/** Refuses an area of too many positions. */
export function checkGeoCondition(condition: GeoCondition, { areaPositions }: Limits): void {
  if (condition.is === 'inside' && positionsIn(condition.area) > areaPositions)
    refuse('positions of an area (areaPositions)', areaPositions);
}

/** What one request has asked for so far, its nested lists included. */
interface Spent {
  filterNodes: number;
  sort: number;
}

function checkFilter(filter: RequestedFilter, spent: Spent, limits: Limits): void {
  const rest: { filter: RequestedFilter; depth: number; steps: number }[] = [{ filter, depth: 0, steps: 0 }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    spent.filterNodes++;
    if (spent.filterNodes > limits.filterNodes) refuse('filter conditions (filterNodes)', limits.filterNodes);
    if (next.depth > limits.depth * 4) refuse('levels of filter groups (depth)', limits.depth * 4);
    const { filter: node, depth, steps } = next;
    if (node.is === 'compare') {
      if (steps + node.path.length > limits.depth) refuse('names in a filter path (depth)', limits.depth);
      if (seeking.has(node.operator)) checkText(String(node.value ?? ''), limits);
    } else if (node.is === 'related') {
      if (steps + 1 > limits.depth) refuse('names in a filter path (depth)', limits.depth);
      rest.push({ filter: node.where, depth: depth + 1, steps: steps + 1 });
    } else if (node.is === 'not') rest.push({ filter: node.of, depth: depth + 1, steps });
    else if (node.is !== 'each') for (const part of node.of) rest.push({ filter: part, depth: depth + 1, steps });
  }
}

/** What a read and the arguments of a nested list have in common. */
function checkRead(
  read: Pick<RequestedRead, 'where' | 'search' | 'fullText' | 'order' | 'nested'>,
  depth: number,
  spent: Spent,
  limits: Limits,
): void {
  if (read.where) checkFilter(read.where, spent, limits);
  for (const text of [read.search, read.fullText]) if (text !== undefined) checkText(text, limits);
  for (const term of read.order === 'random' ? [] : (read.order ?? [])) {
    spent.sort++;
    if (spent.sort > limits.sort) refuse('sort terms (sort)', limits.sort);
    if (term.path.length > limits.depth) refuse('names in a sort path (depth)', limits.depth);
  }
  for (const asked of read.nested?.values() ?? []) {
    if (depth + 1 > limits.depth) refuse('levels of deep (depth)', limits.depth);
    checkNested(asked, depth + 1, spent, limits);
  }
}

function checkNested(asked: RequestedNested, depth: number, spent: Spent, limits: Limits): void {
  if (asked.limit !== undefined && asked.limit > limits.nestedRows) refuse('rows of one nested list (nestedRows)', limits.nestedRows);
  checkRead(asked, depth, spent, limits);
}

/** The same of outputs that are named one by one, and of the arguments among them. */
function templateSize(template: RequestedTemplate, depth: number, spent: Spent, limits: Limits): number {
  if (depth > limits.depth) refuse('levels of fields (depth)', limits.depth);
  let size = template.size;
  for (const output of template.values()) size += outputSize(output, depth, spent, limits);
  if (size > limits.fields) refuse('fields', limits.fields);
  return size;
}

function outputSize(output: RequestedOutput, depth: number, spent: Spent, limits: Limits): number {
  switch (output.is) {
    case 'file':
      return output.members.length;
    case 'group':
      return templateSize(output.of, depth, spent, limits);
    case 'first':
      return output.of.reduce((sum, one) => sum + 1 + outputSize(one, depth, spent, limits), 0);
    case 'when':
      checkFilter(output.where, spent, limits);
      return 1 + outputSize(output.of, depth, spent, limits);
    case 'relation':
      if (output.asked) checkNested(output.asked, depth, spent, limits);
      return templateSize(output.of, depth + 1, spent, limits);
    default:
      return 0;
  }
}

/** Throws `limit_exceeded` when the request is larger than the limits. */
export function checkLimits(request: RequestedRead, limits: Limits): void {
  const spent = { filterNodes: 0, sort: 0 };
  if (request.template) templateSize(request.template, 1, spent, limits);
  else selectionSize(request.selection, 1, limits);
  if (request.keys && request.keys.length > limits.keys) refuse('keys', limits.keys);
  if (request.limit !== undefined && request.limit > limits.pageRows) refuse('rows of one answer (pageRows)', limits.pageRows);
  checkRead(request, 0, spent, limits);
}

/** The same of groups and aggregates, which count as fields. */
export function checkAggregateLimits(request: RequestedAggregate, limits: Limits): void {
  if (request.groups.length + request.measures.length > limits.fields) refuse('fields', limits.fields);
  if (request.limit !== undefined && request.limit > limits.pageRows) refuse('rows of one answer (pageRows)', limits.pageRows);
  checkRead(request, 0, { filterNodes: 0, sort: 0 }, limits);
}
