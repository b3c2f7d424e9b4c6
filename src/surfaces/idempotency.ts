/** `Idempotency-Key`: a write that is sent again, because its answer was lost, is not done again. */
import type { FastifyRequest } from 'fastify';
import { type Claim, claimKey } from '../engine/keyed-requests.ts';
import { GatewayError } from '../lib/errors.ts';
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

/** The claim on the request's key; undefined where it has none. Throws what `claimKey` throws. */
export async function claimOf(request: FastifyRequest, context: Caller, text: KeyedText): Promise<Claim | undefined> {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  const key = Array.isArray(header) ? header.join(', ') : header;
  if (!valid.test(key)) {
    throw new GatewayError('unprocessable', { message: 'Idempotency-Key: a key has 1 to 255 printable characters of ASCII' });
  }
  const { project, limits } = context;
  const { tables, defaultSchema } = project.schemas.introspection;
  if (!tables.some((table) => table.name === idempotencyTable && table.schema === defaultSchema)) {
    const message = `Idempotency-Key: the table for it is not there yet; run: sallyport install ${project.key}`;
    throw new GatewayError('not_installed', { message });
  }
  return claimKey(
    project.connection,
    { scope: scopeOf(request, context, text), key, body: text.body },
    { schema: defaultSchema, seconds: limits.idempotencySeconds, leaseSeconds: limits.idempotencyLeaseSeconds },
  );
}

/** The caller and the route, whatever credential was used. */
function scopeOf(request: FastifyRequest, { actor }: Caller, text: KeyedText): string {
  const query = text.query.split('&').filter((pair) => !pair.startsWith('access_token='));
  const [path = ''] = request.url.split('?');
  return [actor.is === 'user' ? actor.id : 'public', request.method, path, query.join('&')].join('\n');
}
