/** Groups and aggregates of any collection in the Directus envelope. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AggregateResult, aggregate } from '../../engine/aggregate.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedAggregate } from '../../query/types.ts';
import { defaultLimit } from '../default-limit.ts';
import { provenAnswer } from '../proven.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { contextOf, type DirectusContext, recalledContext } from './context.ts';
import { wantsMeta } from './parse.ts';
import { type DirectusAggregate, parseAggregate } from './parse-aggregate.ts';
import { timed } from './read.ts';
import { askedThroughHooks, hooksRead } from './read-hooks.ts';
import type { Wanted } from './requested-read.ts';
import { send } from './respond.ts';

interface Answer {
  readonly asked: DirectusAggregate;
  readonly result: AggregateResult;
}

/** Answers with the groups of the collection's rows. */
export async function sendAggregate(
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: Pick<Wanted, 'collection' | 'within'>,
): Promise<FastifyReply> {
  const { collection } = wanted;
  const { hooks } = request.project;
  const identify = (): Promise<DirectusContext> => contextOf(request);
  const read = (context: DirectusContext): Promise<Answer> => readAs(context, wanted);
  const found = hooksRead(hooks, collection)
    ? await identify()
        .then((identified) => askedThroughHooks(identified, { hooks, collection }))
        .then(async (context) => ({ context, answer: await read(context) }))
    : await provenAnswer({ recall: () => recalledContext(request), identify, read, isProven: ({ result }) => result.proven });
  const { context, answer } = found;
  const { asked, result } = answer;
  const meta = asked.meta && metaText(asked.meta, result);
  timed(context, reply);
  return send(reply, context.actor, { meta, data: `[${result.texts.join(',')}]` });
}

async function readAs(context: DirectusContext, { collection, within }: Pick<Wanted, 'collection' | 'within'>): Promise<Answer> {
  const query = within ? new Map([...context.query].filter(([name]) => name !== 'filter')) : context.query;
  const asked = parseAggregate(collection, query, defaultLimit(context));
  context.timings?.mark('parse');
  try {
    const request = (now: DirectusContext): RequestedAggregate => (within ? { ...asked.request, within: within(now) } : asked.request);
    return { asked, result: await retryRequestOnSchemaChange(context, (now) => aggregate(now, request(now))) };
  } catch (error) {
    throw denied(error, context);
  }
}

/** As a list that may not be read (directus8-data §3.2). */
function denied(error: unknown, { actor }: DirectusContext): unknown {
  const unread = error instanceof GatewayError && error.kind === 'read_denied';
  return unread && actor.is !== 'user' ? new GatewayError('unauthorized') : error;
}

function metaText(meta: ReadonlySet<string>, { collection, texts }: AggregateResult): string {
  const block: Record<string, unknown> = {};
  if (wantsMeta(meta, 'collection')) block['collection'] = collection.name;
  if (wantsMeta(meta, 'type')) block['type'] = 'collection';
  if (wantsMeta(meta, 'result_count')) block['result_count'] = texts.length;
  return JSON.stringify(block);
}
