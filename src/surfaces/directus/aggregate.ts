/** Groups and aggregates of any collection in the Directus envelope. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AggregateResult, aggregate } from '../../engine/aggregate.ts';
import { GatewayError } from '../../lib/errors.ts';
import { defaultLimit } from '../default-limit.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { wantsMeta } from './parse.ts';
import { parseAggregate } from './parse-aggregate.ts';
import { timed } from './read.ts';
import { askedThroughHooks } from './read-hooks.ts';
import type { Wanted } from './requested-read.ts';
import { send } from './respond.ts';

/** Answers with the groups of the collection's rows. */
export async function sendAggregate(
  request: FastifyRequest,
  reply: FastifyReply,
  { collection, within }: Pick<Wanted, 'collection' | 'within'>,
): Promise<FastifyReply> {
  const identified = await contextOf(request);
  const context = await askedThroughHooks(identified, { hooks: request.project.hooks, collection });
  const query = within ? new Map([...context.query].filter(([name]) => name !== 'filter')) : context.query;
  const asked = parseAggregate(collection, query, defaultLimit(context));
  context.timings?.mark('parse');
  const result = await retryRequestOnSchemaChange(context, (now) =>
    aggregate(now, within ? { ...asked.request, within: within(now) } : asked.request),
  ).catch((error: unknown) => {
    throw denied(error, context);
  });
  const meta = asked.meta && metaText(asked.meta, result);
  timed(context, reply);
  return send(reply, context.actor, { meta, data: `[${result.texts.join(',')}]` });
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
