/** Streams of a connection, taken apart for tests. */
import type { Connection, TextRow } from '../../src/dialect/types.ts';
import type { Statement } from '../../src/lib/fragment.ts';

export type Rows = AsyncIterableIterator<readonly TextRow[]>;

/** Begins a stream that has a minute. */
export function streamed(connection: Connection, statement: Statement, signal: AbortSignal = new AbortController().signal): Rows {
  return connection.stream(statement, { signal, seconds: 60 });
}

/** All rows of it, and how many batches they came in. */
export async function drained(rows: Rows): Promise<{ rows: TextRow[]; batches: number }> {
  const found: TextRow[] = [];
  let batches = 0;
  for await (const batch of rows) {
    found.push(...batch);
    batches += 1;
  }
  return { rows: found, batches };
}
