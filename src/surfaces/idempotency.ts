/** `Idempotency-Key`: a write that is sent again, because its answer was lost, is not done again. */
import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { publicRole } from '../access/compile-rules.ts';
import type { Actor } from '../access/types.ts';
import type { Transaction } from '../dialect/types.ts';
import { type Claim, claimKey, type KeptAnswer } from '../engine/keyed-requests.ts';
import { transactional } from '../engine/transactional.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import { idempotencyTable } from '../schema/system.ts';
import type { CallerContext } from './caller.ts';

/** What can be seen in print, and blanks between. */
const valid = /^[\x20-\x7e]{1,255}$/;

/** What the request says beside its path. */
export interface KeyedText {
  readonly query: string;
  readonly body: string;
}

type Caller = Pick<CallerContext, 'actor' | 'project' | 'limits'>;

/** The claim on the key of a request whose answer is there as soon as it is done. Throws what `claimOfKey` throws. */
export async function claimOf(
  request: FastifyRequest,
  context: Caller,
  text: KeyedText,
): Promise<Exclude<Claim, { is: 'noted' }> | undefined> {
  const claim = await claimOfKey(request, context, text);
  if (claim?.is === 'noted') throw new Error('Nothing but changes of the schema is noted');
  return claim;
}

/** The claim on the request's key; undefined where it has none. Throws what `claimKey` throws. */
export async function claimOfKey(request: FastifyRequest, context: Caller, text: KeyedText): Promise<Claim | undefined> {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  const key = Array.isArray(header) ? header.join(', ') : header;
  if (!valid.test(key)) {
    throw new GatewayError('unprocessable', { message: 'Idempotency-Key: a key has 1 to 255 printable characters of ASCII' });
  }
  const { project, limits } = context;
  if (!holdsKeys(project)) {
    const message = `Idempotency-Key: the table for it is not there yet; run: sallyport install ${project.key}`;
    throw new GatewayError('not_installed', { message });
  }
  return claimKey(
    project.connection,
    { scope: scopeOf(request, context, text), key, body: hashOf(project, text.body) },
    {
      schema: project.schemas.introspection.defaultSchema,
      seconds: limits.idempotencySeconds,
      leaseSeconds: limits.idempotencyLeaseSeconds,
    },
  );
}

/** Whether the table of keys is there: an older installation has none. */
export function holdsKeys({ schemas }: Project): boolean {
  const { tables, defaultSchema } = schemas.introspection;
  return tables.some((table) => table.name === idempotencyTable && table.schema === defaultSchema);
}

/** The caller and the route, whatever credential was used. */
function scopeOf(request: FastifyRequest, { actor }: Caller, text: KeyedText): string {
  const query = text.query.split('&').filter((pair) => !pair.startsWith('access_token='));
  const [path = ''] = request.url.split('?');
  return [actor.is === 'user' ? actor.id : actor.is, request.method, path, query.join('&')].join('\n');
}

/** Bodies hold passwords: who reads the table is not to try them out there. */
const hashOf = ({ config }: Project, body: string): string => createHmac('sha256', config.secret).update(body).digest('hex');

/** Who asks where nobody is asked who he is. */
export function unknownCaller({ project, ip }: FastifyRequest): Caller {
  const actor: Actor = { is: 'public', role: publicRole, ip };
  return { actor, project, limits: project.limits };
}

/** Keeps the answer in the transaction of what it tells of. */
export type Keep = (transaction: Transaction, answer: KeptAnswer) => Promise<void>;

/**
 * Runs what writes and sends its answer; one that was given before is sent again, and nothing is run. `body` is what the request brought
 * beside its query, or makes it where there is a key. What `run` does not keep itself, as it is no one transaction, is kept behind it.
 *
 * @throws what `claimOf` and `run` throw
 */
export async function answerOnce(
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
  body: string | (() => string),
  run: (keep?: Keep) => Promise<KeptAnswer>,
  send: (reply: FastifyReply, answer: KeptAnswer) => FastifyReply = sendAnswer,
): Promise<FastifyReply> {
  if (request.headers['idempotency-key'] === undefined) return send(reply, await run());
  const text = { query: request.url.split('?').slice(1).join('?'), body: typeof body === 'string' ? body : body() };
  const claim = await claimOf(request, caller, text);
  if (!claim) return send(reply, await run());
  if (claim.is === 'answered') return send(reply.header('idempotency-replayed', 'true'), claim.answer);
  let kept = false;
  try {
    const answer = await run(async (transaction, made) => {
      kept = true;
      await claim.keep(transaction, made);
    });
    if (!kept) await transactional(caller.project.connection, (transaction) => claim.keep(transaction, answer));
    return send(reply, answer);
  } catch (error) {
    // What was refused may be sent again, corrected or not.
    await claim.release();
    throw error;
  }
}

/** Sends the answer; without a body there is no type. */
export function sendAnswer(reply: FastifyReply, { status, body, contentType }: KeptAnswer): FastifyReply {
  reply.code(status);
  if (body === undefined) return reply.send();
  return (contentType === undefined ? reply : reply.type(contentType)).serializer(String).send(body);
}
