/** Runs a mutation: all of its root fields in order, in one transaction. What one refuses undoes the others. */
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { addComment, deleteComment, editComment } from '../../engine/comments.ts';
import { dryRun } from '../../engine/dry-run.ts';
import type { Claim } from '../../engine/keyed-requests.ts';
import { prepareWrite } from '../../engine/prepare-write.ts';
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import { revertedItem } from '../../engine/revert.ts';
import { type WriteAnswer, type WriteContext, type WriteOptions, type WriteSession, writing } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { CallerContext } from '../caller.ts';
import { asksForDryRun } from '../dry-run.ts';
import { dryRunLists } from '../dry-run-changes.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { writeContext } from '../write-context.ts';
import type { Understood } from './documents.ts';
import { renderGraphqlError } from './errors.ts';
import { checkComplexity } from './guards.ts';
import { argumentsOf, rootSelections, type Selected } from './selections.ts';
import type { GraphqlLimits } from './settings.ts';
import { joined, objectOf, type Text } from './texts.ts';
import { graphqlNested } from './to-item.ts';
import { mutationOf, readingBack, type Shown, told } from './to-mutation.ts';
import { type RootMeaning, rootMeaning } from './types.ts';

/** Runs inside the transaction, more than once where others are in the way. */
type Step = (session: WriteSession) => Promise<Text>;

/** Where in the document something went wrong. */
class StepFault extends Error {
  readonly key: string;
  readonly fault: GatewayError | GraphQLError;

  constructor(key: string, fault: GatewayError | GraphQLError) {
    super(fault.message);
    this.key = key;
    this.fault = fault;
  }
}

async function at<T>(key: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const known =
      (error instanceof GatewayError && error.kind !== 'internal' && error.kind !== 'write_conflict') || error instanceof GraphQLError;
    throw known ? new StepFault(key, error) : error;
  }
}

/** The answer to a mutation. Everything or nothing is written; the answer is kept with it where the request has a key of its own. */
export async function runMutation(
  request: FastifyRequest,
  context: CallerContext,
  operationOf: (context: CallerContext) => Promise<Understood>,
  hooks: SurfaceHooks,
  limits: GraphqlLimits,
  claim?: Extract<Claim, { is: 'mine' }>,
): Promise<Text> {
  const until = Date.now() + limits.milliseconds;
  const isDryRun = asksForDryRun(request);
  try {
    return await retryRequestOnSchemaChange(context, async (now) => {
      const within = writeContext(request, now, graphqlNested, hooks, isDryRun);
      const steps = await stepsOf(within, await operationOf(now), limits);
      const work = async (session: WriteSession): Promise<WriteAnswer<Text>> => {
        const texts: [string, Text][] = [];
        for (const [key, step] of steps) {
          texts.push([key, await at(key, () => inTime(until, limits, () => step(session)))]);
        }
        const answer = objectOf([['data', objectOf(texts)]]);
        const read: WriteAnswer<Text>['read'] = async ({ connection }) => {
          await claim?.keep(connection, { status: 200, body: answer });
          return answer;
        };
        return { plain: claim === undefined, read };
      };
      return isDryRun ? dryRunText(within, work) : writing(within, work);
    });
  } catch (error) {
    // What was refused may be sent again, corrected or not.
    await claim?.release();
    if (!(error instanceof StepFault)) throw error;
    return objectOf([
      ['errors', JSON.stringify([renderGraphqlError(error.fault, [error.key])])],
      ['data', 'null'],
    ]);
  }
}

/** Tells beside the data what the operation would have changed, and changes nothing. */
async function dryRunText(within: WriteContext, work: (session: WriteSession) => Promise<WriteAnswer<Text>>): Promise<Text> {
  const { answer, changes } = await dryRun(within, work);
  return joined([withoutEnd(answer), `,"extensions":{"dry_run":{${dryRunLists(changes, within.actor)}}}}`]);
}

const withoutEnd = (text: Text): Text => (typeof text === 'string' ? text.slice(0, -1) : text.subarray(0, -1));

function inTime<T>(until: number, { milliseconds }: GraphqlLimits, run: () => Promise<T>): Promise<T> {
  if (Date.now() <= until) return run();
  throw new GatewayError('statement_timeout', {
    message: `The operation did not finish within ${milliseconds} milliseconds (milliseconds), and changed nothing; ask for less`,
  });
}

/** Binds every root field before the transaction begins: what is wrong with one is told before any is run. */
async function stepsOf(within: WriteContext, operation: Understood, limits: GraphqlLimits): Promise<[string, Step][]> {
  const type = operation.schema.getMutationType();
  const steps: [string, Step][] = [];
  let rows = 0;
  for (const selected of type ? rootSelections(operation, type) : []) {
    const { key, name, field } = selected;
    const meaning = field && rootMeaning(field);
    if (name === '__typename') steps.push([key, async () => JSON.stringify(type?.name)]);
    if (!meaning) continue;
    const { step, cost } = await at(key, () => stepOf(within, operation, meaning, selected));
    rows += cost;
    steps.push([key, step]);
  }
  checkComplexity(rows, limits);
  return steps;
}

function stepOf(within: WriteContext, operation: Understood, meaning: RootMeaning, selected: Selected) {
  switch (meaning.does) {
    case 'list':
    case 'item':
    case 'connection':
    case 'aggregate':
    case 'changes':
      throw new Error('A query is no mutation');
    case 'addComment':
    case 'editComment':
    case 'deleteComment':
      return commentStep(within, operation, meaning, selected);
    default:
      return writeStep(within, operation, meaning, selected);
  }
}

async function writeStep(
  within: WriteContext,
  operation: Understood,
  meaning: Extract<RootMeaning, { item?: unknown; does: `${'create' | 'update' | 'delete'}${string}` | 'upsert' | 'revert' }>,
  selected: Selected,
): Promise<{ step: Step; cost: number }> {
  const args = argumentsOf(operation, selected);
  const { comment } = args;
  const many = ['createMany', 'updateMany', 'upsert'].includes(meaning.does);
  const keyed = meaning.does.startsWith('delete') || meaning.does === 'updateWhere';
  const shown = keyed ? told(operation, selected) : readingBack(operation, meaning, selected, many);
  const parts = meaning.collection.key.length;
  if (shown.is === 'rows') prepareRead(within, shown.read([Array(parts).fill('1').join(';')]));
  const reverts = meaning.does === 'revert';
  const reverted = reverts ? await revertedItem(within, meaning.collection.name, String(args['id']), String(args['revision'])) : undefined;
  const request = mutationOf(operation, meaning as never, selected, within.limits.writeRows, reverted);
  const options: WriteOptions = {
    ...(typeof comment === 'string' && comment !== '' ? { comment } : {}),
    ...(reverts ? { revert: true } : {}),
  };
  const prepared = await prepareWrite(within, request, options);
  const count =
    request.is === 'create' || request.is === 'upsert' ? request.items.length : request.is === 'update' ? request.changes.length : 1;
  return {
    cost: shown.is === 'rows' ? count * (1 + shown.rows) : count,
    step: async (session) => {
      const rows = await session.write(prepared);
      return shownText(
        session.within,
        shown,
        rows.flatMap(({ key }) => key ?? []),
        rows.length,
      );
    },
  };
}

async function shownText(within: ReadContext, shown: Shown, keys: readonly string[], count: number): Promise<Text> {
  if (shown.is === 'text') return shown.text(keys, count);
  // What may be written in one request may be answered in one.
  const limits = { ...within.limits, keys: Math.max(keys.length, 1), pageRows: Math.max(within.limits.pageRows, keys.length) };
  const { texts } = await runRead(within, prepareRead({ ...within, limits }, shown.read(keys)));
  if (shown.many) return texts.between('[', ']');
  return texts.count === 0 ? 'null' : texts.between('', '');
}

const activity = 'directus_activity';

type Commenting = Extract<RootMeaning, { does: 'addComment' | 'editComment' | 'deleteComment' }>;

async function commentStep(
  within: WriteContext,
  operation: Understood,
  meaning: Commenting,
  selected: Selected,
): Promise<{ step: Step; cost: number }> {
  const args = argumentsOf(operation, selected);
  const text = String(args['comment'] ?? '');
  if (meaning.does !== 'deleteComment' && (text.trim() === '' || text.includes('\0'))) {
    throw new GatewayError('validation', { message: 'comment: This value should not be blank.' });
  }
  const explained = typeof args['explained'] === 'string' && args['explained'].trim() !== '';
  const shown = meaning.does === 'deleteComment' ? told(operation, selected) : readingBack(operation, meaning, selected, false);
  if (shown.is === 'rows') prepareRead(within, shown.read(['1']));
  const { userAgent } = within;
  const run = async ({ within: inside, wrote }: WriteSession): Promise<string> => {
    if (meaning.does === 'addComment') {
      const [collection, item] = [String(args['collection']), String(args['item'])];
      const added = await addComment(inside, { collection, item, text, explained, userAgent });
      wrote({ action: 'create', collection: activity, item: added });
      return added;
    }
    const id = String(args['id']);
    if (meaning.does === 'editComment') await editComment(inside, { id, text, explained });
    else await deleteComment(inside, id);
    // The entry of a deleted one stays, without its text.
    wrote({ action: 'update', collection: activity, item: id });
    return id;
  };
  return { cost: 1, step: async (session) => shownText(session.within, shown, [await run(session)], 1) };
}
