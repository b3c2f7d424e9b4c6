/**
 * Things that count once: one-time passwords, tokens to be exchanged. What was used is a row of the table of requests with a key, under a
 * primary key of its own, so that of several instances one has it.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Connection } from '../dialect/types.ts';
import { keyedRequests } from '../sql/keyed-requests.ts';
import { inserted } from './keyed-requests.ts';

const sweptAtOnce = 500;

/** Uses it up; false where it was used before. `seconds` is how long it would count otherwise; `schema` is where the table is. */
export async function useOnce(connection: Connection, thing: string, { schema, seconds }: OnceKept): Promise<boolean> {
  const statements = keyedRequests(connection.dialect, schema);
  const id = createHash('sha256').update(`once\n${thing}`).digest('hex');
  // Whoever takes old rows away goes by the moment they were made.
  const until = String(Date.now() + seconds * 1000);
  await connection.execute(statements.sweepIn('used', String(Date.now()), sweptAtOnce)).catch(() => undefined);
  return inserted(
    connection,
    statements.insert({ id, request: id, state: 'used', token: randomUUID(), lease_until: until, created_at: until }),
  );
}

export interface OnceKept {
  readonly schema: string | null;
  readonly seconds: number;
}
