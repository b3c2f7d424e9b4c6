/** A statement's rows step by step, on a connection of its own, with everybody else served between two batches. */
import type { Database } from 'better-sqlite3';
import { batchSize, mostRows, sizeOf } from '../../dialect/batches.ts';
import type { StreamOptions, TextRow } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';
import { bound, textOf } from './driver.ts';
import { translate } from './errors.ts';
import type { DatabaseFile } from './file.ts';
import { openReader } from './pool.ts';
import { startPulse } from './pulse.ts';

/** Milliseconds that a batch may keep the process from other work. */
const turn = 8;

/** See `Connection.stream`. `atOnce` reads all rows where no second connection can be had. */
export async function* stream(
  file: DatabaseFile,
  statement: Statement,
  { signal, longest }: StreamOptions & { readonly longest: number },
  atOnce: () => Promise<readonly TextRow[]>,
): AsyncGenerator<readonly TextRow[], void, void> {
  signal.throwIfAborted();
  const raw = opened(file);
  if (!raw) {
    const rows = await atOnce();
    for (let from = 0; from < rows.length; from += mostRows) {
      signal.throwIfAborted();
      yield rows.slice(from, from + mostRows);
    }
    return;
  }
  try {
    for (const batch of batches(raw, statement, longest)) {
      yield batch;
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
  } catch (error) {
    throw translate(error) ?? error;
  } finally {
    raw.close();
  }
}

function opened(file: DatabaseFile): Database | undefined {
  try {
    return openReader(file);
  } catch (error) {
    throw translate(error) ?? error;
  }
}

function* batches(raw: Database, statement: Statement, longest: number): Generator<TextRow[], void, void> {
  const query = raw.prepare<unknown[], unknown>(statement.text).safeIntegers(true).raw(true);
  startPulse(raw, longest);
  let [batch, size, until]: [TextRow[], number, number] = [[], 0, performance.now() + turn];
  for (const found of query.iterate(...statement.values.map(bound))) {
    const row = found as unknown[];
    for (let i = 0; i < row.length; i += 1) row[i] = textOf(row[i]);
    const texts = row as (string | null)[];
    batch.push(texts);
    size += sizeOf(texts);
    if (size < batchSize && performance.now() < until) continue;
    yield batch;
    [batch, size, until] = [[], 0, performance.now() + turn];
    // A statement may not keep the process for long; how long the whole takes is another matter.
    startPulse(raw, longest);
  }
  if (batch.length > 0) yield batch;
}
