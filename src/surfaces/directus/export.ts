/** Exports: a list streamed as JSON, lines of JSON or CSV, as a file to keep. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ReadStream } from '../../engine/stream.ts';
import { csvOf } from '../../lib/csv.ts';
import { dispositionOf } from '../../lib/disposition.ts';
import { GatewayError } from '../../lib/errors.ts';
import { oneLine } from '../../lib/json-text.ts';
import { describeForLog, reason, redact } from '../../lib/redact.ts';
import { tellTimings } from '../caller.ts';
import type { DirectusContext } from './context.ts';
import { envelopeEnds } from './respond.ts';

export const exportFormats = ['json', 'csv', 'ndjson'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const types: Readonly<Record<ExportFormat, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** Characters that are gathered before they are written. */
const chunkSize = 65_536;

/** The text around the rows, and of each row. */
interface Frame {
  readonly head: string;
  readonly row: (text: string) => string;
  readonly tail: string;
}

function frameOf(format: ExportFormat, stream: ReadStream, context: DirectusContext): Frame {
  if (format === 'ndjson') return { head: '', row: (text) => `${oneLine(text)}\n`, tail: '' };
  if (format === 'csv') {
    const { header, line } = csvOf(stream.columns);
    return { head: header, row: line, tail: '' };
  }
  let between = '';
  const row = (text: string): string => {
    const shown = between + text;
    between = ',';
    return shown;
  };
  const [head, tail] = envelopeEnds(context.actor, { warnings: stream.warnings });
  return { head: `${head}[`, row, tail: `]${tail}` };
}

async function* chunks(stream: ReadStream, { head, row, tail }: Frame): AsyncGenerator<Buffer, void, void> {
  let chunk = head;
  for await (const texts of stream.batches) {
    for (const text of texts) chunk += row(text);
    if (chunk.length < chunkSize) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk + tail);
}

/**
 * Answers with the rows of the read that `open` begins. What fails before the first byte is thrown; after it the connection is cut,
 * so that nobody takes a part for the whole. A client that goes away ends the read.
 */
export async function sendExport(
  request: FastifyRequest,
  reply: FastifyReply,
  context: DirectusContext,
  open: (signal: AbortSignal) => Promise<{ format: ExportFormat; stream: ReadStream }>,
): Promise<FastifyReply> {
  const gone = new AbortController();
  const left = new GatewayError('bad_request', { message: 'The client went away' });
  reply.raw.once('close', () => gone.abort(left));
  // It may have left while the caller was looked up.
  if (reply.raw.destroyed) gone.abort(left);
  const { format, stream } = await open(gone.signal);
  reply.type(types[format]).header('content-disposition', dispositionOf('attachment', `${stream.collection.name}.${format}`));
  if (context.timings) {
    context.timings.mark('first rows');
    tellTimings(reply, context.timings);
  }
  if (request.method === 'HEAD') {
    await stream.end();
    return reply.send(Readable.from([]));
  }
  const body = Readable.from(chunks(stream, frameOf(format, stream, context)), { objectMode: false });
  stream.signal.addEventListener('abort', () => body.destroy(stream.signal.reason), { once: true });
  // A body that is given up before anybody read of it never reaches the rows by itself.
  body.once('close', stream.end);
  body.on('error', (error) => {
    // Nothing has left yet: the error is answered, and is no file.
    if (!reply.raw.headersSent) return void reply.removeHeader('content-disposition');
    if (error !== left) logBroken(request, error);
  });
  return reply.send(body);
}

function logBroken(request: FastifyRequest, error: Error): void {
  const where = { method: request.method, url: redact(request.url) };
  if (error instanceof GatewayError) request.log.warn({ ...where, reason: reason(error) }, 'an export was broken off');
  else request.log.error({ ...where, error: describeForLog(error) }, 'an export was broken off by an unexpected error');
}
