/** Bodies as they came, and what they hold (payload-rest P-36). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type JsonObject, parseJsonBody } from '../../lib/json-body.ts';
import { isForm, readFields } from '../file-form.ts';

/** Held apart from the request, so that no member of a document is taken for anything else. */
const raw = Symbol('raw body');

/** Has the routes of this instance get their bodies as bytes; forms with files are read by their routes. */
export function keepBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, bytes: Buffer) => ({ [raw]: bytes }));
}

/** The media type of the body, without its parameters. */
export function mediaType({ headers }: Pick<FastifyRequest, 'headers'>): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The bytes of the body; none where there is no body. */
export function bytesOf({ body }: FastifyRequest): Buffer {
  const bytes: unknown = typeof body === 'object' && body !== null && raw in body ? body[raw] : undefined;
  return Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0);
}

/** The text of the body; empty where there is none. */
export function textOfBody(request: FastifyRequest): string {
  return bytesOf(request).toString('utf8');
}

/** The object of a JSON body; an empty body is an empty object. Throws `bad_request`, and `unsupported_type` for other forms. */
export function objectOf(request: FastifyRequest): JsonObject {
  const text = textOfBody(request);
  const type = mediaType(request);
  if (isForm(request)) throw new GatewayError('unsupported_type', { type });
  if (text.trim() === '') return {};
  if (type !== 'application/json' && !type.endsWith('+json')) throw new GatewayError('unsupported_type', { type });
  return objectIn(text);
}

const longestDocument = 1_048_576;

/** The document of a request: its JSON body, or the part `_payload` of a form. Throws what `objectOf` does. */
export async function documentOf(request: FastifyRequest): Promise<JsonObject> {
  if (!isForm(request)) return objectOf(request);
  const found = (await readFields(request, longestDocument)).filter(([name]) => name === '_payload');
  const [[, text] = [], ...more] = found;
  if (typeof text === 'string' && more.length === 0) return objectIn(text);
  throw new GatewayError('bad_request', { message: 'A form holds the document as JSON in one part "_payload"' });
}

/** The object of a JSON text. Throws `bad_request` for anything else. */
export function objectIn(text: string): JsonObject {
  try {
    const value = parseJsonBody(text);
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new GatewayError('bad_request', { message: 'Invalid JSON' });
  }
  throw new GatewayError('bad_request', { message: 'The body is no object' });
}
