/** Runs a query: one statement for each root field, whose texts are put together unread. */
import { execute, GraphQLError, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { aggregate } from '../../engine/aggregate.ts';
import { type PreparedRead, prepareRead, type ReadResult, runRead } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedFilter } from '../../query/types.ts';
import type { CallerContext } from '../caller.ts';
import type { ReadThroughHooks } from '../hooks.ts';
import type { Understood } from './documents.ts';
import { renderGraphqlError } from './errors.ts';
import type { RenderedGraphqlError } from './fault.ts';
import { checkComplexity } from './guards.ts';
import { rootSelections, type Selected } from './selections.ts';
import type { GraphqlLimits } from './settings.ts';
import { objectOf, type Text } from './texts.ts';
import { type PlannedAggregate, planAggregate } from './to-aggregate.ts';
import { type PlannedRead, planRead } from './to-read.ts';
import { rootMeaning } from './types.ts';

/** A root field, up to its statement. */
export type Ready =
  | { readonly key: string; readonly is: 'text'; readonly text: Text }
  | { readonly key: string; readonly is: 'read'; readonly plan: PlannedRead; readonly prepared: PreparedRead }
  | { readonly key: string; readonly is: 'groups'; readonly plan: PlannedAggregate }
  | { readonly key: string; readonly is: 'refused'; readonly collection: string; readonly error: GatewayError | GraphQLError };

/** All root fields of a query. */
export interface ReadyQuery {
  /** The text of its document. */
  readonly document: string;
  readonly fields: readonly Ready[];
  /** Whether another request of the same text, by the same caller, may be answered with it. */
  readonly repeatable: boolean;
}

/** Understood queries by what was asked, by whom, and under which schema and rules. */
export type QueryMemory = LRUCache<string, ReadyQuery>;

/** An empty memory of queries that were understood. */
export function createQueryMemory(): QueryMemory {
  return new LRUCache({
    max: 5000,
    maxSize: 16_000_000,
    sizeCalculation: ({ document, fields }, key) =>
      2000 +
      key.length +
      document.length +
      fields.reduce((sum, one) => sum + 3 * (one.is === 'read' ? (one.prepared.compiled?.statement.text.length ?? 0) : 100), 0),
  });
}

export interface Answer {
  readonly text: Text;
  /** False when what is empty or refused may be so because the caller is not who he was taken for. */
  readonly proven: boolean;
}

/** What a caller meets is told in his answer; anything else is a fault of ours. */
function isTold(error: unknown): error is GatewayError | GraphQLError {
  return (error instanceof GatewayError && error.kind !== 'internal') || error instanceof GraphQLError;
}

/** The answer about the schema, by the reference's own executor. */
function schemaText(operation: Understood, selected: Selected): Text {
  const { document, node, fragments } = operation;
  const one = { ...node, selectionSet: { ...node.selectionSet, selections: [...selected.nodes] } };
  const result = execute({
    schema: operation.schema,
    document: { ...document, definitions: [one, ...Object.values(fragments)] },
    variableValues: { ...operation.variables },
  });
  if ('then' in result) throw new Error('What is asked about the schema is known at once');
  const [error] = result.errors ?? [];
  if (error) throw error;
  return JSON.stringify(result.data?.[selected.key] ?? null);
}

/** Plans and compiles all root fields. Throws where the operation as a whole is refused. */
export function readyQuery(
  context: CallerContext,
  operation: Understood,
  limits: GraphqlLimits,
  filters: ReadonlyMap<string, RequestedFilter> = new Map(),
): ReadyQuery {
  const type = operation.schema.getQueryType();
  if (!type || operation.node.operation !== OperationTypeNode.QUERY) throw new GatewayError('bad_request', { message: 'This is no query' });
  let rows = 0;
  let repeatable = true;
  const plans = rootSelections(operation, type).map((selected) => {
    const { key, name, field } = selected;
    const meaning = field && rootMeaning(field);
    if (name === '__typename') return () => ({ key, is: 'text', text: JSON.stringify(type.name) }) as const;
    if (name === '__schema' || name === '__type') return () => ({ key, is: 'text', text: schemaText(operation, selected) }) as const;
    if (!meaning || !('item' in meaning)) return () => ({ key, is: 'text', text: 'null' }) as const;
    if (meaning.does === 'aggregate') {
      const planned = planAggregate(operation, context, meaning, selected);
      const plan = { ...planned, request: narrowed(planned.request, filters) };
      rows += plan.rows;
      repeatable = false;
      return () => ({ key, is: 'groups', plan }) as const;
    }
    if (meaning.does !== 'list' && meaning.does !== 'item' && meaning.does !== 'connection')
      return () => ({ key, is: 'text', text: 'null' }) as const;
    const plan = planRead(operation, context, meaning, selected);
    rows += plan.rows;
    return () => {
      const prepared = prepareRead(context, narrowed(plan.request, filters));
      if (prepared.dated || plan.request.follow?.after !== undefined) repeatable = false;
      return { key, is: 'read', plan, prepared } as const;
    };
  });
  checkComplexity(rows, limits);
  const fields = plans.map((plan, i): Ready => {
    try {
      return plan();
    } catch (error) {
      if (!isTold(error)) throw error;
      repeatable = false;
      const { key = '', field } = rootSelections(operation, type)[i] ?? {};
      return { key, is: 'refused', collection: (field && rootMeaning(field)?.collection.name) ?? '', error };
    }
  });
  return { document: operation.text, fields, repeatable };
}

/** Those of the rows that hooks leave to the caller. */
export function narrowed<Request extends { collection: string; where?: RequestedFilter }>(
  request: Request,
  filters: ReadonlyMap<string, RequestedFilter>,
): Request {
  const filter = filters.get(request.collection);
  if (!filter) return request;
  return { ...request, where: request.where ? { is: 'all', of: [request.where, filter] } : filter };
}

/** What hooks before reads add to the filters of the collections that the root fields read. */
export async function hookedFilters(
  context: CallerContext,
  operation: Understood,
  hooks: ReadThroughHooks,
): Promise<Map<string, RequestedFilter>> {
  const filters = new Map<string, RequestedFilter>();
  const type = operation.schema.getQueryType();
  for (const { field } of type ? rootSelections(operation, type) : []) {
    const meaning = field && rootMeaning(field);
    const name = meaning?.collection.name;
    if (name === undefined || filters.has(name) || !hooks.listens(context.project, name)) continue;
    const filter = await hooks.filter(context, name);
    if (filter) filters.set(name, filter);
  }
  return filters;
}

interface Field {
  readonly key: string;
  readonly text: Text;
  readonly error?: RenderedGraphqlError;
  readonly proven: boolean;
}

/** Runs what is ready; the root fields run beside one another. */
export async function runQuery(
  context: CallerContext,
  { fields }: ReadyQuery,
  hooks: ReadThroughHooks,
  limits: GraphqlLimits,
): Promise<Answer> {
  const found = await inTime(Promise.all(fields.map((field) => runField(context, field, hooks))), limits);
  const errors = found.flatMap(({ error }) => error ?? []);
  const data = objectOf(found.map(({ key, text }) => [key, text]));
  const members: [string, Text][] =
    errors.length > 0
      ? [
          ['errors', JSON.stringify(errors)],
          ['data', data],
        ]
      : [['data', data]];
  return { text: objectOf(members), proven: found.every(({ proven }) => proven) };
}

async function runField(context: CallerContext, field: Ready, hooks: ReadThroughHooks): Promise<Field> {
  const { key } = field;
  try {
    switch (field.is) {
      case 'text':
        return { key, text: field.text, proven: true };
      case 'refused':
        throw field.error;
      case 'groups': {
        const result = await aggregate(context, field.plan.request);
        return { key, text: field.plan.value(result), proven: result.proven };
      }
      case 'read': {
        const result = await runRead(context, field.prepared);
        return { key, text: field.plan.value(withCursors(await hooks.rows(context, result), result)), proven: result.proven };
      }
    }
  } catch (error) {
    if (!isTold(error)) throw error;
    return { key, text: 'null', error: renderGraphqlError(error, [key]), proven: context.proof === undefined };
  }
}

/** Where hooks have left rows out, nobody knows which cursor is whose: every row leads to what follows the page. */
function withCursors(shown: ReadResult, { texts, cursors }: ReadResult): ReadResult {
  const last = cursors?.at(-1);
  return last === undefined || shown.texts.count === texts.count ? shown : { ...shown, cursors: (cursors ?? []).map(() => last) };
}

/** Gives up after the time of an operation; what its statements still do ends by their own limit. */
async function inTime<T>(work: Promise<T>, { milliseconds }: GraphqlLimits): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new GatewayError('statement_timeout', {
          message: `The operation did not finish within ${milliseconds} milliseconds (milliseconds); ask for less`,
        }),
      );
    }, milliseconds);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
