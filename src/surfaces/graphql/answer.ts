/** Answers what a request asks: as the caller who is known from before where the statements prove who he is, else as one identified anew. */
import type { FastifyRequest } from 'fastify';
import { OperationTypeNode } from 'graphql';
import { GatewayError } from '../../lib/errors.ts';
import type { Project } from '../../projects/project.ts';
import { type CallerContext, forReading, forWriting, identified, recalled, sameActor } from '../caller.ts';
import { asksForDryRun } from '../dry-run.ts';
import { asksToExplain } from '../explain-answer.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { claimOf } from '../idempotency.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { type Asked, type Understood, understand } from './documents.ts';
import { faultBody, renderGraphqlError } from './errors.ts';
import { demandExplainer, explainAsked, explainQuery } from './explain-query.ts';
import { asksForSchema, checkIntrospection } from './guards.ts';
import { rawQuery } from './request.ts';
import { roleExecutor } from './role-executors.ts';
import { runMutation } from './run-mutation.ts';
import { type Answer, createQueryMemory, hookedFilters, type QueryMemory, type ReadyQuery, readyQuery, runQuery } from './run-query.ts';
import type { GraphqlLimits } from './settings.ts';
import { joined, type Text } from './texts.ts';

/** A request, and what it is served with. */
export interface Serving {
  readonly request: FastifyRequest;
  readonly hooks: SurfaceHooks;
  readonly limits: GraphqlLimits;
  /** What the query holds as a token. */
  readonly token: string | undefined;
  /** All that tells what is asked. */
  readonly text: string;
  /** What operations there may be; by GET no others than queries. */
  readonly only?: `${OperationTypeNode}`;
  /** Called where the answer is one that was given before. */
  readonly replayed?: () => void;
  /** Whether the connection stays open, so that there may be subscriptions. */
  readonly live?: boolean;
}

const memories = new WeakMap<Project, QueryMemory>();

function memoryOf(project: Project): QueryMemory {
  let memory = memories.get(project);
  if (!memory) {
    memory = createQueryMemory();
    memories.set(project, memory);
  }
  return memory;
}

/** The answer's text. Throws RequestFault and GatewayError for what is refused as a whole. */
export async function answerAsked(serving: Serving, read: () => Asked | readonly Asked[]): Promise<Text> {
  const { request, token } = serving;
  const known = asksToExplain(explainAsked(request.url)) ? undefined : recalled(request, token);
  // Queries come by POST too: who may be served by a copy of the database is, and the primary is asked who he is.
  if (known && !request.project.replicas?.mayServe(known.actor)) {
    const attempt = await tryRecalled(serving, known, read);
    if ('answer' in attempt && attempt.answer.proven) return attempt.answer.text;
    // Nothing came back, or a refusal: it stands if the caller is who he was taken for.
    const now = known.proof ? await identified(request, token) : known;
    if ('answer' in attempt || 'refusal' in attempt) {
      const holds = now === known || (sameActor(now, known) && recalled(request, token)?.serial === known.serial);
      if (holds && 'answer' in attempt) return attempt.answer.text;
      if (holds && 'refusal' in attempt) throw attempt.refusal;
    }
    return answerAs(serving, now, read());
  }
  return answerAs(serving, await identified(request, token), read());
}

type Attempt = { readonly answer: Answer } | { readonly refusal: unknown } | { readonly unfit: true };

/** Queries whose every statement proves who asks. */
async function tryRecalled(serving: Serving, context: CallerContext, read: () => Asked | readonly Asked[]): Promise<Attempt> {
  const { text, limits, hooks } = serving;
  const { project, serial, schema, rules } = context;
  const memory = memoryOf(project);
  const name = `${serial} ${schema.version} ${rules.version} ${serving.only ?? ''}\n${text}`;
  const run = async (ready: ReadyQuery): Promise<Attempt> => ({
    answer: await retryRequestOnSchemaChange(context, async (now) =>
      now === context ? runQuery(now, ready, hooks.reads, limits) : rerun(serving, now, read()),
    ),
  });
  try {
    const known = memory.get(name);
    if (known) return await (await roleExecutor(project, context)).execute(known.document, () => () => run(known));
    const asked = read();
    if (isList(asked)) return { unfit: true };
    return await operate(serving, context, asked, async (operation) => {
      if (operation.node.operation !== OperationTypeNode.QUERY) return { unfit: true };
      const ready = readyQuery(context, operation, limits);
      const provable = ready.fields.length > 0 && ready.fields.every(({ is }) => is === 'read');
      if (!provable || ready.fields.some((one) => one.is === 'read' && hooks.reads.listens(project, one.prepared.collection.name)))
        return { unfit: true };
      // What holds a token is not kept.
      if (ready.repeatable && serving.token === undefined) memory.set(name, ready);
      return run(ready);
    });
  } catch (refusal) {
    return { refusal };
  }
}

const isList = (asked: Asked | readonly Asked[]): asked is readonly Asked[] => Array.isArray(asked);

/** With the schema of now, where that of then is gone. */
async function rerun(serving: Serving, context: CallerContext, asked: Asked | readonly Asked[]): Promise<Answer> {
  if (isList(asked)) throw new Error('One operation was asked for');
  const { limits, hooks } = serving;
  return operate(serving, context, asked, (operation) => runQuery(context, readyQuery(context, operation, limits), hooks.reads, limits));
}

type Operating = Pick<Serving, 'limits' | 'only' | 'live'>;

/** Throws where this caller may not ask an operation, or not in this way. */
function checkAsked({ limits, only, live }: Operating, { actor }: CallerContext, { node, document }: Understood): void {
  if (only && String(node.operation) !== only) throw new GatewayError('method_not_allowed');
  if (node.operation === OperationTypeNode.SUBSCRIPTION && !live)
    throw new GatewayError('bad_request', {
      message: 'Subscriptions are told over a WebSocket at this address, by the protocol graphql-transport-ws',
    });
  if (asksForSchema(document)) checkIntrospection(actor.is === 'user', limits);
}

/** Has the mercurius of the caller's role execute what is asked: `run`, with the operation as this caller may ask it. */
async function operate<T>(
  serving: Operating,
  context: CallerContext,
  asked: Asked,
  run: (operation: Understood) => Promise<T>,
): Promise<T> {
  const { schema, execute } = await roleExecutor(context.project, context);
  return execute(asked.query, (document) => {
    const operation = understand(document, asked, schema, serving.limits);
    checkAsked(serving, context, operation);
    return () => run(operation);
  });
}

/** The operation that is asked for, as this caller may ask it. */
export function operationOf(serving: Operating, context: CallerContext, asked: Asked): Promise<Understood> {
  return operate(serving, context, asked, async (operation) => operation);
}

async function answerAs(serving: Serving, context: CallerContext, asked: Asked | readonly Asked[]): Promise<Text> {
  if (!isList(asked)) return answerOne(serving, context, asked);
  if (serving.request.headers['idempotency-key'] !== undefined && !serving.live)
    throw new GatewayError('bad_request', { message: 'Idempotency-Key: it goes with one operation, not with several' });
  const texts: Text[] = [];
  // One after another, each with what the one before has left.
  for (const one of asked) texts.push(texts.length === 0 ? '' : ',', await answerOne(serving, context, one).catch(told));
  return joined(['[', ...texts, ']']);
}

/** What one operation of several met. */
function told(error: unknown): Text {
  const body = faultBody(error);
  if (body) return JSON.stringify(body);
  if (error instanceof GatewayError && error.kind !== 'internal') return JSON.stringify({ errors: [renderGraphqlError(error)] });
  throw error;
}

/** The claim on the key that came with a mutation; a socket has none for each of its operations, and a dry run uses none up. */
function claimed({ request, live, text }: Serving, context: CallerContext): ReturnType<typeof claimOf> {
  return live || asksForDryRun(request)
    ? Promise.resolve(undefined)
    : claimOf(request, context, { query: rawQuery(request.url), body: text });
}

async function answerOne(serving: Serving, context: CallerContext, asked: Asked): Promise<Text> {
  if (asksToExplain(explainAsked(serving.request.url))) demandExplainer(context);
  return operate(serving, context, asked, (operation) => answerOperation(serving, context, asked, operation));
}

async function answerOperation(serving: Serving, context: CallerContext, asked: Asked, operation: Understood): Promise<Text> {
  const { hooks, limits, request } = serving;
  const explain = explainAsked(request.url);
  if (asksToExplain(explain) && operation.node.operation !== OperationTypeNode.QUERY)
    throw new GatewayError('unprocessable', {
      message: 'explain: queries are explained; of a mutation dry_run=1 tells what it would do. Nothing was done',
    });
  if (operation.node.operation === OperationTypeNode.MUTATION) {
    const claim = await claimed(serving, context);
    if (claim?.is === 'answered') {
      serving.replayed?.();
      return claim.answer.body ?? '';
    }
    const writing = forWriting(context);
    const operationNow = async (now: CallerContext): Promise<Understood> =>
      now === writing ? operation : operationOf(serving, now, asked);
    return runMutation(request, writing, operationNow, hooks, limits, claim);
  }
  const reading = await forReading(context);
  const { text } = await retryRequestOnSchemaChange(reading, async (now) => {
    const own = now === reading ? operation : await operationOf(serving, now, asked);
    const filters = await hookedFilters(now, own, hooks.reads);
    const ready = readyQuery(now, own, limits, filters);
    return asksToExplain(explain)
      ? { text: await explainQuery(now, own, ready, filters, explain ?? '') }
      : runQuery(now, ready, hooks.reads, limits);
  });
  return text;
}
