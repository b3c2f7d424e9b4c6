/** Hands out bytes by HTTP: whole or a range, or nothing where the caller has them already (RFC 9110). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Content } from '../files/content.ts';
import type { ByteRange } from '../files/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { namesTag } from './entity-tags.ts';

/** Headers beside those of the content itself. */
export type ContentHeaders = Readonly<Record<string, string>>;

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** The moment that a header names; undefined where it is none. */
function moment(header: string | undefined): number | undefined {
  const time = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

/** Whether the caller has the content as it is. */
function isKnown(request: FastifyRequest, { tag, modified }: Content): boolean {
  const { 'if-none-match': tags, 'if-modified-since': since } = request.headers;
  if (tags !== undefined) return namesTag(tags, tag);
  const time = moment(since);
  return time !== undefined && seconds(modified) <= time;
}

/** Whether the caller wants it only as it was, which it is no more. */
function hasChanged(request: FastifyRequest, { tag, modified }: Content): boolean {
  const { 'if-match': tags, 'if-unmodified-since': since } = request.headers;
  // Weak tags never match here.
  if (tags !== undefined) return !namesTag(tags.replace(/W\/"[^"]*"/g, ''), tag);
  const time = moment(since);
  return time !== undefined && seconds(modified) > time;
}

/** Whether a range may be given: not where it is of another version than the caller's. */
function rangeHolds(header: string | string[] | undefined, { tag, modified }: Content): boolean {
  if (header === undefined) return true;
  const text = String(header);
  return text.startsWith('"') ? text === tag : moment(text) === seconds(modified);
}

/** The one range that is asked for; undefined for none, for several, and for what is none. Null where there are no such bytes. */
function rangeOf(header: string | undefined, size: number): ByteRange | null | undefined {
  const [, first = '', last = ''] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return Number(last) === 0 || size === 0 ? null : { start: Math.max(size - Number(last), 0), end: size - 1 };
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? null : { start, end };
}

function wantedRange(request: FastifyRequest, reply: FastifyReply, content: Content): ByteRange | undefined {
  if (request.method !== 'GET' || !rangeHolds(request.headers['if-range'], content)) return undefined;
  const range = rangeOf(request.headers.range, content.size);
  if (range !== null) return range;
  reply.header('content-range', `bytes */${content.size}`);
  throw new GatewayError('range_not_satisfiable', { size: content.size });
}

/** Answers with the content. */
export async function sendContent(
  request: FastifyRequest,
  reply: FastifyReply,
  content: Content,
  headers: ContentHeaders,
): Promise<FastifyReply> {
  if (hasChanged(request, content)) throw new GatewayError('precondition_failed', { message: 'The content is not as the headers say' });
  const lasting = { etag: content.tag, 'last-modified': content.modified.toUTCString() };
  if (isKnown(request, content)) {
    const { 'content-disposition': _, ...kept } = headers;
    return reply
      .code(304)
      .headers({ ...kept, ...lasting })
      .send();
  }
  const range = wantedRange(request, reply, content);
  const length = range ? range.end - range.start + 1 : content.size;
  const described = { ...headers, ...lasting, 'accept-ranges': 'bytes', 'content-length': String(length) };
  if (request.method === 'HEAD') return reply.headers(described).type(content.type).send();
  const body = await content.open(range);
  if (body === undefined) throw new GatewayError('item_not_found');
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${content.size}`);
  return reply.headers(described).type(content.type).send(body);
}
