/** A statement's rows through a cursor of the protocol: the server finds a batch when it is asked for one. */
import type { Client as RawConnection } from 'pg';
import Cursor from 'pg-cursor';
import { firstRows, rowsAfter } from '../../dialect/batches.ts';
import type { StreamOptions, TextRow } from '../../dialect/types.ts';
import { orAborted, within } from '../../lib/abortable.ts';
import type { Statement } from '../../lib/fragment.ts';
import { beginTransaction } from './begin-transaction.ts';
import { cancel } from './cancel.ts';
import { checkValues, undecoded } from './driver.ts';
import { isLost, translate } from './errors.ts';
import type { Pool } from './pool.ts';

/** Milliseconds in which a batch under way should have come; a statement that is still busy then is cancelled. */
const shortWait = 100;
const longWait = 5_000;

/** The transaction's own time limits: a reader may be slow, and the whole has a limit of its own. */
function beginning(seconds: number): string {
  return `begin; set local statement_timeout = ${Math.ceil(seconds) * 1000}; set local idle_in_transaction_session_timeout = 0`;
}

/** See `Connection.stream`. While one batch is worked on the next is under way. */
export async function* stream(
  pool: Pool,
  statement: Statement,
  { signal, seconds }: StreamOptions,
): AsyncGenerator<readonly TextRow[], void, void> {
  checkValues(statement);
  signal.throwIfAborted();
  const raw = await beginTransaction(pool, beginning(seconds));
  let cursor: Cursor<(string | null)[]> | undefined;
  let whole = false;
  try {
    signal.throwIfAborted();
    cursor = raw.query(new Cursor<(string | null)[]>(statement.text, [...statement.values], { rowMode: 'array', types: undecoded }));
    let asked = firstRows;
    let next = cursor.read(asked);
    for (;;) {
      const rows = await orAborted(next, signal);
      const more = rows.length === asked;
      if (more) {
        asked = rowsAfter(rows);
        next = cursor.read(asked);
        // Looked at when its turn comes; nobody may be there any more then.
        next.catch(() => undefined);
      }
      if (rows.length > 0) yield rows;
      if (!more) break;
    }
    await raw.query('commit');
    whole = true;
  } catch (error) {
    if (isLost(error)) pool.spoil(raw, error);
    throw translate(error) ?? error;
  } finally {
    if (!whole) await breakOff(pool, raw, cursor);
    await pool.release(raw);
  }
}

/** Ends what is under way: by closing the cursor, or where the server is busy finding rows, by cancelling and giving up the connection. */
async function breakOff(pool: Pool, raw: RawConnection, cursor: Cursor | undefined): Promise<void> {
  cursor?.close().catch(() => undefined);
  const ended = raw.query('rollback');
  if (await within(shortWait, ended)) return;
  await within(longWait, cancel(raw));
  const reason = new Error('A statement was cancelled');
  pool.spoil(raw, reason);
  await within(longWait, raw.end());
}
