/** A statement's rows as the server sends them: the connection is paused while the reader is behind. */
import type { FieldPacket, Connection as RawConnection } from 'mysql2';
import { batchSize, sizeOf } from '../../dialect/batches.ts';
import type { StreamOptions, TextRow } from '../../dialect/types.ts';
import { orAborted, within } from '../../lib/abortable.ts';
import type { Statement } from '../../lib/fragment.ts';
import { refuseCut, send, start } from './driver.ts';
import { isLost, isPrepareRefused, translate, withoutSql } from './errors.ts';
import type { Pool } from './pool.ts';
import { textOf } from './values.ts';

/** Batches that wait for the reader before the connection is paused. */
const ahead = 1;
/** Milliseconds for the server to be told that nobody reads any more. */
const longWait = 5_000;

/** See `Connection.stream`. */
export async function* stream(
  pool: Pool,
  statement: Statement,
  { signal, seconds }: StreamOptions,
  prepared: boolean,
): AsyncGenerator<readonly TextRow[], void, void> {
  signal.throwIfAborted();
  const raw = await patient(pool, seconds);
  let source: Source | undefined;
  try {
    for (const way of prepared ? [true, false] : [false]) {
      source = read(raw, statement, way);
      try {
        for (let rows = await orAborted(source.next(), signal); rows; rows = await orAborted(source.next(), signal)) yield rows;
        break;
      } catch (error) {
        // Nothing of it was executed.
        if (!way || !isPrepareRefused(error)) throw error;
        raw.unprepare(statement.text);
      } finally {
        source.close();
      }
    }
    await refuseCut(raw);
  } catch (error) {
    throw translate(error) ?? withoutSql(error);
  } finally {
    if (source?.over()) await giveBack(pool, raw);
    else await breakOff(pool, raw);
  }
}

/** What either server calls its limit on statements; one passes over the comments of the other. */
const restoring = `set session net_write_timeout = @sallyport_write
  /*M! , session max_statement_time = @sallyport_time */ /*!50708 , session max_execution_time = @sallyport_time */`;

const prolonging = (seconds: number): string => `set @sallyport_write = @@session.net_write_timeout, session net_write_timeout = ${seconds}
  /*M! , @sallyport_time = @@session.max_statement_time, session max_statement_time = ${seconds} */
  /*!50708 , @sallyport_time = @@session.max_execution_time, session max_execution_time = ${seconds * 1000} */`;

async function giveBack(pool: Pool, raw: RawConnection): Promise<void> {
  await send(raw, { text: restoring, values: [] }, false).catch(() => raw.destroy());
  await pool.release(raw);
}

/** A connection whose server has time, and waits for a slow reader, as long as the whole may take. A dead idle one is passed over once. */
async function patient(pool: Pool, seconds: number): Promise<RawConnection> {
  const text = prolonging(Math.ceil(seconds));
  for (let attempt = 1; ; attempt += 1) {
    try {
      const raw = await pool.acquire();
      try {
        await send(raw, { text, values: [] }, false);
        return raw;
      } catch (error) {
        raw.destroy();
        await pool.release(raw);
        throw error;
      }
    } catch (error) {
      if (attempt === 2 || !isLost(error)) throw translate(error) ?? withoutSql(error);
    }
  }
}

interface Source {
  /** The next batch; undefined after the last one. */
  next(): Promise<TextRow[] | undefined>;
  /** Whether the server has nothing more to send. */
  over(): boolean;
  close(): void;
}

function read(raw: RawConnection, statement: Statement, prepared: boolean): Source {
  const ready: TextRow[][] = [];
  let [batch, size]: [TextRow[], number] = [[], 0];
  let fields: readonly FieldPacket[] = [];
  let ended = false;
  let failure: unknown;
  let waiting: (() => void) | undefined;
  const wake = (): void => {
    waiting?.();
    waiting = undefined;
  };
  const fail = (error: unknown): void => {
    failure ??= withoutSql(error);
    wake();
  };
  const deliver = (): void => {
    if (batch.length > 0) ready.push(batch);
    [batch, size] = [[], 0];
    wake();
  };
  // Of a connection that is lost the driver tells the connection alone.
  raw.on('error', fail);
  const command = start(raw, statement, prepared);
  command.on('error', fail);
  command.on('fields', (found: FieldPacket[] | undefined) => {
    fields = found ?? [];
  });
  command.on('result', (row: unknown[]) => {
    for (let i = 0; i < row.length; i += 1) row[i] = textOf(row[i], fields[i]);
    const texts = row as (string | null)[];
    batch.push(texts);
    size += sizeOf(texts);
    if (size < batchSize) return;
    deliver();
    if (ready.length > ahead) raw.pause();
  });
  command.on('end', () => {
    ended = true;
    deliver();
  });
  return {
    async next() {
      for (;;) {
        if (failure !== undefined) throw failure;
        const first = ready.shift();
        if (first) {
          if (ready.length <= ahead && !ended) raw.resume();
          return first;
        }
        if (ended) return undefined;
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
    },
    over: () => ended,
    close() {
      raw.removeListener('error', fail);
    },
  };
}

/** The protocol cannot end a result: the connection is given up, and a server still busy finding rows is told so on another one. */
async function breakOff(pool: Pool, raw: RawConnection): Promise<void> {
  const { threadId } = raw;
  raw.on('error', () => undefined);
  raw.destroy();
  const socket: unknown = Reflect.get(raw, 'stream');
  if (typeof socket === 'object' && socket !== null && 'destroy' in socket && typeof socket.destroy === 'function') socket.destroy();
  await pool.release(raw);
  await within(longWait, kill(pool, threadId));
}

async function kill(pool: Pool, threadId: number): Promise<void> {
  const other = await pool.acquire();
  try {
    await send(other, { text: `kill ${Number(threadId)}`, values: [] }, false);
  } finally {
    await pool.release(other);
  }
}
