/** Answers to changes of the schema, which are made of what is read of it afterwards. With a key a change is done once. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EditContext } from '../../engine/editing/run-edit.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { claimOfKey, sendAnswer } from '../idempotency.ts';
import { keyedText } from './answer-write.ts';
import type { DirectusContext } from './context.ts';
import { jsonType, written } from './respond.ts';

export interface SchemaChange {
  /** Changes the schema, calls `done` with it, and gives back the name of what was made; empty where nothing was. */
  run(done: EditContext['done']): Promise<string>;
  /** The value of `data`, out of the schema as it is by then; undefined for nothing to show. */
  answer(made: string): string | undefined;
}

/**
 * Runs the change and answers. That it is done is kept in the transaction of its metadata, and the answer once the schema was read: whoever
 * was killed in between leaves it to the repetition to be read.
 *
 * @throws what `claimKey` and the change throw
 */
export async function answerEdit(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DirectusContext,
  { run, answer }: SchemaChange,
): Promise<FastifyReply> {
  const { project, actor } = context;
  const answered = (made: string): KeptAnswer => {
    const data = answer(made);
    return data === undefined ? { status: 204 } : { status: 200, body: written(actor, { data }), contentType: jsonType };
  };
  const claim = await claimOfKey(request, context, keyedText(request, context));
  if (claim?.is === 'answered') return sendAnswer(reply.header('idempotency-replayed', 'true'), claim.answer);
  if (claim?.is === 'noted') {
    await project.schemas.renew();
    await project.schemas.settled();
    return sendAnswer(reply.header('idempotency-replayed', 'true'), answered(claim.made));
  }
  if (!claim) return sendAnswer(reply, answered(await run(undefined)));
  // A large table takes its time.
  const prolonging = setInterval(() => void claim.prolong(), context.limits.idempotencyLeaseSeconds * 500);
  try {
    const told = answered(await run((transaction, made) => claim.note(transaction, made)));
    await claim.tell(told);
    return sendAnswer(reply, told);
  } catch (error) {
    // What was refused may be sent again, corrected or not.
    await claim.release();
    throw error;
  } finally {
    clearInterval(prolonging);
  }
}
