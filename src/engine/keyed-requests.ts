/**
 * Requests with a key of the caller's own are done once. The first one to put its row into a table of ours does it, and writes the answer
 * there in the transaction of what it changes: either both are there or neither. A row whose owner has died is taken over when its time is up.
 */
import { createHash, randomUUID } from 'node:crypto';
import { isConflict } from '../dialect/outcomes.ts';
import type { Connection, Transaction } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { keyedRequests } from '../sql/keyed-requests.ts';
import type { Cells } from '../sql/own-table.ts';

export interface KeyedRequest {
  /** Who asks what: the same key of another caller is another key. */
  readonly scope: string;
  readonly key: string;
  /** What came with it. */
  readonly body: string;
}

export interface KeptAnswer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly contentType?: string;
  /** It holds a token: nothing of it is stored, and who repeats the request is told that it was done. */
  readonly secret?: true;
}

export interface Keeping {
  /** Of the table. */
  readonly schema: string | null;
  readonly seconds: number;
  readonly leaseSeconds: number;
}

export type Claim =
  | { readonly is: 'answered'; readonly answer: KeptAnswer }
  /** It was done, and whoever did it came to its end before the answer was there. */
  | { readonly is: 'noted'; readonly made: string }
  | {
      readonly is: 'mine';
      /** Writes the answer, in the transaction of what it tells of. Throws request_in_flight where another one took over. */
      keep(transaction: Transaction, answer: KeptAnswer): Promise<void>;
      /** Writes that it is done, and the name of what was made: for an answer that there can be after the commit only. Throws as `keep`. */
      note(transaction: Transaction, made: string): Promise<void>;
      /** Writes the answer to what was noted; where that fails, the repetition finds the note. */
      tell(answer: KeptAnswer): Promise<void>;
      /** Has the key for another while, for what may take longer. */
      prolong(): Promise<void>;
      /** Gives the key back after a failure, for the request to be sent again. Harmless where an answer was kept after all. */
      release(): Promise<void>;
    };

const attempts = 5;
/** Rows that one look removes, and milliseconds between two looks. */
const sweptAtOnce = 500;
const sweepInterval = 60_000;
const lastSwept = new WeakMap<Connection['knex'], number>();

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Claims the key, or finds the answer that was given to it. Waits for nobody.
 *
 * @throws GatewayError unprocessable where the key came with another body before; request_in_flight where that is being done now
 */
export async function claimKey(connection: Connection, asked: KeyedRequest, keeping: Keeping): Promise<Claim> {
  const statements = keyedRequests(connection.dialect, keeping.schema);
  const id = hashOf(`${asked.scope}\n${asked.key}`);
  const request = hashOf(asked.body);
  const token = randomUUID();
  await sweep(connection, statements, keeping);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const now = Date.now();
    const lease = String(now + keeping.leaseSeconds * 1000);
    const fresh = { id, request, state: 'running', token, lease_until: lease, created_at: String(now) };
    if (await inserted(connection, statements.insert(fresh))) return mine();
    const [row] = await connection.rows(statements.find(id));
    if (!row) continue;
    const [state, owner] = [String(row['state']), String(row['token'])];
    const alive = state === 'running' && Number(row['lease_until']) > now;
    if (!alive && Number(row['created_at']) < now - keeping.seconds * 1000) {
      await connection.execute(statements.remove({ id, token: owner, state }));
      continue;
    }
    if (row['request'] !== request) throw otherBody();
    if (state === 'secret') throw new GatewayError('unprocessable', { message: unrepeatable });
    if (state === 'noted') return { is: 'noted', made: String(row['answer'] ?? '') };
    if (state !== 'running') return { is: 'answered', answer: answerOf(row) };
    if (alive) break;
    const taken = statements.update({ token, lease_until: lease }, { id, token: owner, state });
    if ((await connection.execute(taken)) === 1) return mine();
  }
  throw new GatewayError('request_in_flight');

  function mine(): Claim {
    const own = { id, token, state: 'running' };
    return {
      is: 'mine',
      async keep(transaction, answer) {
        if ((await transaction.execute(statements.update(cellsOf(answer), own))) !== 1) throw new GatewayError('request_in_flight');
      },
      async note(transaction, made) {
        const noted = { state: 'noted', answer: made };
        if ((await transaction.execute(statements.update(noted, own))) !== 1) throw new GatewayError('request_in_flight');
      },
      async tell(answer) {
        await connection.execute(statements.update(cellsOf(answer), { ...own, state: 'noted' })).catch(() => undefined);
      },
      async prolong() {
        const lease_until = String(Date.now() + keeping.leaseSeconds * 1000);
        await connection.execute(statements.update({ lease_until }, own)).catch(() => undefined);
      },
      async release() {
        // Where this fails too, the key comes back when its time is up.
        await connection.execute(statements.remove(own)).catch(() => undefined);
      },
    };
  }
}

/** Puts the row there; false where one of that key was there, or another transaction is about to make one. */
export async function inserted(connection: Connection, insert: Parameters<Connection['execute']>[0]): Promise<boolean> {
  try {
    await connection.execute(insert);
    return true;
  } catch (error) {
    if (isConflict(error) || (error instanceof GatewayError && error.kind === 'duplicate')) return false;
    throw error;
  }
}

function otherBody(): GatewayError {
  const message = 'Idempotency-Key: it came with another body before; a new request needs a key of its own';
  return new GatewayError('unprocessable', { message });
}

const unrepeatable = 'Idempotency-Key: this was done; its answer held a token, which is not kept. Sign in to have one';

function cellsOf({ status, body, contentType, secret }: KeptAnswer): Cells {
  const answer = secret || body === undefined ? null : body.toString();
  return { state: secret ? 'secret' : 'done', status: String(status), content_type: contentType ?? null, answer };
}

function answerOf(row: Readonly<Record<string, unknown>>): KeptAnswer {
  const { status, answer, content_type: type } = row;
  return {
    status: Number(status),
    ...(typeof answer === 'string' ? { body: answer } : {}),
    ...(typeof type === 'string' ? { contentType: type } : {}),
  };
}

/** Removes what is too old, now and then and a little at a time. */
export async function sweep(
  connection: Connection,
  statements: ReturnType<typeof keyedRequests>,
  { seconds }: Pick<Keeping, 'seconds'>,
): Promise<void> {
  const now = Date.now();
  if (now - (lastSwept.get(connection.knex) ?? 0) < sweepInterval) return;
  lastSwept.set(connection.knex, now);
  // Another instance may be at the same rows; the next look finds what is left.
  await connection.execute(statements.sweep(String(now - seconds * 1000), sweptAtOnce)).catch(() => undefined);
}
