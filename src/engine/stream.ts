/** Reads whose rows are handed on while the database finds them: all rows of a collection, in constant memory. */
import type { Warning } from '../access/types.ts';
import type { Connection, TextRow } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Slots } from '../lib/slots.ts';
import type { Collection } from '../schema/types.ts';
import type { RowWriter } from '../sql/read.ts';
import { withFileData } from './file-data.ts';
import { type PreparedRead, type ReadContext, rowText } from './read.ts';

export interface StreamContext extends ReadContext {
  readonly connection: Connection;
  /** Streams that may run beside one another. */
  readonly streams: Slots;
}

export interface ReadStream {
  readonly collection: Collection;
  /** The keys of a row, in order; rows may lack some. */
  readonly columns: readonly string[];
  readonly warnings: readonly Warning[];
  /** One JSON object each, in order; the first batch has arrived already. A row of which nothing may be read is left out. */
  readonly batches: AsyncIterableIterator<readonly string[]>;
  /** Aborted when the stream was broken off: by the caller, whose reason it has, or because it took too long. */
  readonly signal: AbortSignal;
  /** Ends the statement and gives its connection back. What ends by itself or was broken off needs no call. */
  end(): Promise<void>;
}

/**
 * Begins a read and waits for its first rows, so that whatever is wrong with it is thrown here: also rate_limited when too many streams
 * are under way. Later errors are thrown by the iteration, the signal's reason too, and statement_timeout when the whole takes too long.
 */
export async function streamRead(context: StreamContext, prepared: PreparedRead, signal: AbortSignal): Promise<ReadStream> {
  const { connection, streams } = context;
  const { exports, exportSeconds } = context.limits;
  const { compiled: plain, ...about } = prepared;
  const compiled = plain && withFileData(plain, prepared.files, context.fileData);
  if (!compiled) return { ...about, batches: written(undefined, nothing, () => undefined), signal, end: nothing };
  const free = streams.take();
  if (!free) throw tooMany(streams.most, exports);
  const limit = limited(signal, exportSeconds);
  const source = connection.stream(compiled.statement, { signal: limit.signal, seconds: exportSeconds });
  let over: Promise<void> | undefined;
  const end = (): Promise<void> => {
    limit.clear();
    over ??= Promise.resolve(source.return?.()).then(nothing, nothing).finally(free);
    return over;
  };
  // Also when nobody asks for rows any more.
  limit.signal.addEventListener('abort', end, { once: true });
  const next = async (): Promise<readonly TextRow[] | undefined> => {
    try {
      const found = await source.next();
      // What was broken off looks as if it had come to its end.
      limit.signal.throwIfAborted();
      if (!found.done) return found.value;
    } catch (error) {
      await end();
      throw error;
    }
    await end();
    return undefined;
  };
  return { ...about, batches: written(await next(), next, (cells) => rowText(compiled, cells, context.limits)), signal: limit.signal, end };
}

const nothing = async (): Promise<undefined> => undefined;

async function* written(
  first: readonly TextRow[] | undefined,
  next: () => Promise<readonly TextRow[] | undefined>,
  write: RowWriter,
): AsyncGenerator<readonly string[], void, void> {
  for (let batch = first; batch; batch = await next()) {
    const texts: string[] = [];
    for (const cells of batch) {
      const text = write(cells);
      if (text !== undefined) texts.push(text);
    }
    yield texts;
  }
}

function tooMany(most: number, exports: number): GatewayError {
  const why = most < exports ? 'its pool must keep a connection for everything else (database.pool.max)' : 'limit exports';
  const message =
    most > 0
      ? `This project is running ${most} exports already, as many as it may: ${why}; try again when one of them is over`
      : `This project runs no exports: ${why}`;
  return new GatewayError('rate_limited', { message });
}

/** The signal, and with it the end of the time that a stream may take. */
function limited(signal: AbortSignal, exportSeconds: number): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const message = `The export took longer than ${exportSeconds} seconds (limit exportSeconds); ask for less`;
  const timer = setTimeout(() => controller.abort(new GatewayError('statement_timeout', { message })), exportSeconds * 1000);
  const follow = (): void => controller.abort(signal.reason);
  if (signal.aborted) follow();
  else signal.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', follow);
    },
  };
}
