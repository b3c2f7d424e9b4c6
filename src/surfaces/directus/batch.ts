/** POST /:project/batch: several writes to any collections, all of them or none. */

import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { prepareWrite } from '../../engine/prepare-write.ts';
import type { PreparedWrite, Preparing, WriteSession } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList } from '../../lib/json-body.ts';
import { refuse } from '../../query/limits.ts';
import { isSystemName } from '../../schema/system.ts';
import { dryRunnable } from '../dry-run.ts';
import { answerWrite, optionsOf, shown, type Writes } from './answer-write.ts';
import { mutationOf, type Operation, parseOperation } from './batch-operation.ts';
import { type Result, refersToOthers, resolved, resolver } from './batch-references.ts';
import { writeListeners } from './extension-services.ts';
import { isItem } from './parse-nested.ts';
import { refusePrecondition } from './precondition.ts';
import { demandBody, readingBack } from './write.ts';

interface Step {
  readonly operation: Operation;
  readonly reads: ReturnType<typeof readingBack>;
  /** Bound before the transaction begins, where it depends on no other. */
  readonly prepared: PreparedWrite | undefined;
}

/** Runs what an operation needs; what goes wrong says which operation it was. */
async function within<T>(at: number, run: () => Promise<T> | T): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new GatewayError(error.kind, { ...error.details, at: `operations[${at}]` }, error.cause);
  }
}

/** The body is a list of operations; `data` of the answer is the list of what each of them gave. */
export const batchRoute: FastifyPluginAsync = async (app) => {
  app.post('/:project/batch', dryRunnable, async (request, reply) =>
    answerWrite(request, reply, async (writes) => {
      refusePrecondition(request);
      const steps = await stepsOf(request, writes);
      return async (session) => shown({ data: `[${(await runAll(steps, writes, session)).join(',')}]` });
    }),
  );
};

async function stepsOf(request: FastifyRequest, writes: Writes): Promise<Step[]> {
  const body = demandBody(request);
  const operations = isItem(body) && Object.keys(body).length === 1 ? body['operations'] : undefined;
  if (operations === undefined || !isJsonList(operations) || operations.length === 0) {
    throw new GatewayError('unprocessable', { message: 'A batch is an object with a list of "operations"' });
  }
  const { batchOperations } = writes.context.limits;
  if (operations.length > batchOperations) refuse('operations in one batch (batchOperations)', batchOperations);
  const steps: Step[] = [];
  const names = new Set<string>();
  for (const [at, value] of operations.entries()) {
    await within(at, async () => {
      const operation = parseOperation(value);
      const { as } = operation;
      if (as !== undefined && names.has(as)) throw new GatewayError('unprocessable', { message: `two operations are called "${as}"` });
      if (as !== undefined) names.add(as);
      steps.push(await stepOf(operation, writes));
    });
  }
  return steps;
}

async function stepOf(operation: Operation, writes: Writes): Promise<Step> {
  const { context } = writes;
  const { collection, method, fields, filter, single } = operation;
  if (isSystemName(collection)) throw new GatewayError('system_collection');
  const query = new Map(fields === '' ? [] : [['fields', fields]]);
  // What is asked stands in the body: no read of the same URL is to be taken for this one.
  const { serial: _, ...own } = context;
  const reads = method === 'delete' || filter !== undefined ? undefined : readingBack({ ...own, query }, collection, single);
  const prepared = refersToOthers(operation) ? undefined : await prepare(operation, writes);
  return { operation, reads, prepared };
}

function prepare(
  operation: Operation,
  { context, within }: Pick<Writes, 'context'> & { readonly within: Preparing },
): Promise<PreparedWrite> {
  return prepareWrite(within, mutationOf(operation, context.limits.writeRows), optionsOf(context));
}

/** Filters of extensions work in the transaction, as its locks are held meanwhile. */
function prepareWithin(session: WriteSession, operation: Operation, { context, within: { syntax } }: Writes): Promise<PreparedWrite> {
  const { filters } = writeListeners(context.project, context.actor, session);
  return prepare(operation, { context, within: { ...session.within, syntax, ...(filters ? { filters } : {}) } });
}

/** The results as JSON texts, in order. */
async function runAll(steps: readonly Step[], writes: Writes, session: WriteSession): Promise<string[]> {
  const results = new Map<string, Result>();
  const texts: string[] = [];
  for (const [at, step] of steps.entries()) texts.push(await within(at, () => runStep(step, writes, session, results)));
  writes.context.timings?.mark('write');
  return texts;
}

async function runStep(
  { operation, reads, prepared }: Step,
  writes: Writes,
  session: WriteSession,
  results: Map<string, Result>,
): Promise<string> {
  const { schema } = writes.context;
  const ready = prepared ?? (await prepareWithin(session, await resolved(operation, schema, resolver(session.within, results)), writes));
  const rows = await session.write(ready);
  const { as, collection, single, filter } = operation;
  const keys = rows.flatMap(({ key }) => key ?? []);
  if (as !== undefined) results.set(as, { collection, keys, single });
  const begin = filter === undefined ? `{"keys":${JSON.stringify(keys)}` : `{"count":${rows.length}`;
  const texts = (await reads?.(rows)?.read(session.within))?.result.texts;
  if (!texts || texts.count === 0) return `${begin}}`;
  return texts.between(`${begin},${single ? '"item":' : '"items":['}`, single ? '}' : ']}').toString();
}
