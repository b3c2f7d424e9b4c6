/**
 * Things that count once: one-time passwords, tokens to be exchanged. What was used is a row of the table of requests with a key, under a
 * primary key of its own, so that of several instances one has it.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Connection } from '../dialect/types.ts';
import { keyedRequests } from '../sql/keyed-requests.ts';
import { inserted, sweep } from './keyed-requests.ts';

export interface OnceKept {
  /** Where the table is. */
  readonly schema: string | null;
  /** How long it would count otherwise. */
  readonly seconds: number;
  /** How long rows of the table are kept. */
  readonly keptSeconds: number;
}

/** Uses it up; false where it was used before. */
export async function useOnce(connection: Connection, thing: string, { schema, seconds, keptSeconds }: OnceKept): Promise<boolean> {
  const statements = keyedRequests(connection.dialect, schema);
  const id = createHash('sha256').update(`once\n${thing}`).digest('hex');
  await sweep(connection, statements, { seconds: keptSeconds });
  // Rows go by the moment they were made: this one not before it is of no use.
  const until = String(Date.now() + seconds * 1000);
  return inserted(
    connection,
    statements.insert({ id, request: id, state: 'used', token: randomUUID(), lease_until: until, created_at: until }),
  );
}
