/** Changes of users and groups, and what they are answered with: in one transaction, and once where the request has a key. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Changing, changeUsers } from '../../auth/change-users.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { writePlainJson } from '../../lib/plain-json.ts';
import { answerOnce } from '../idempotency.ts';
import type { ScimContext } from './caller.ts';
import { scimAnswer } from './list.ts';

export interface ScimChange {
  /** Gives back the resource that is answered with; undefined for nothing. */
  readonly run: (changing: Changing) => Promise<object | undefined>;
  readonly status?: number;
}

/** Runs the change and answers. Throws what `claimKey` and `changeUsers` throw. */
export function answerChange(
  request: FastifyRequest,
  reply: FastifyReply,
  context: ScimContext,
  { run, status = 200 }: ScimChange,
): Promise<FastifyReply> {
  const answered = (resource: object | undefined): KeptAnswer => (resource ? scimAnswer(context.actor, resource, status) : { status: 204 });
  const body = request.body === undefined ? '' : (writePlainJson(request.body) ?? '');
  return answerOnce(request, reply, context, body, async (keep) =>
    answered(await changeUsers(context, run, keep && ((transaction, resource) => keep(transaction, answered(resource))))),
  );
}
