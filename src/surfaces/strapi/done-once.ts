/** Dry runs of writes, and writes that are done once however often they are sent. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Change } from '../../engine/dry-run.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { refuseActing } from '../acting.ts';
import type { CallerContext } from '../caller.ts';
import { isDryRun } from '../dry-run.ts';
import { dryRunLists } from '../dry-run-changes.ts';
import { answerOnce, type Keep, sendAnswer } from '../idempotency.ts';
import type { Asked } from './parse.ts';
import { jsonType } from './read.ts';

/** One of several is enough, and so is what is not understood: nothing is done that was to be a dry run. */
export function asksForDryRun({ query }: Pick<Asked, 'query'>): boolean {
  const { dry_run: value } = query;
  return [value].flat().some((one) => isDryRun(typeof one === 'string' || one === undefined ? one : '1'));
}

/** `body` is what the request brought, by which it is known when its key comes again; `run` keeps its answer where it is given what does. */
export async function doneOnce(
  request: FastifyRequest,
  reply: FastifyReply,
  context: CallerContext,
  body: string,
  run: (keep?: Keep) => Promise<KeptAnswer>,
): Promise<FastifyReply> {
  refuseActing(request);
  return answerOnce(request, reply, context, body, run);
}

/** The answer to a dry run: what would stand under `data`, and what would change. */
export function sendDryRun(reply: FastifyReply, { actor }: CallerContext, data: string, changes: readonly Change[]): FastifyReply {
  const meta = `{"dry_run":true,${dryRunLists(changes, actor)}}`;
  return sendAnswer(reply, { status: 200, body: `{"data":${data},"meta":${meta}}`, contentType: jsonType });
}
