/** What a request of GraphQL over HTTP asks, by either method, and in which form it is answered. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, parseJsonBody } from '../../lib/json-body.ts';
import type { Asked } from './documents.ts';
import { beyond } from './fault.ts';
import type { GraphqlLimits } from './settings.ts';
import type { Text } from './texts.ts';

const bad = (message: string): GatewayError => new GatewayError('bad_request', { message });

function jsonOf(text: string, what: string): Json {
  try {
    return parseJsonBody(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw bad(`${what} is no JSON: ${error.message}`);
  }
}

/** What a request says, as an object of JSON. Throws `bad_request`. */
export function askedOf(value: Json): Asked {
  if (!isJsonObject(value)) throw bad('A request is a JSON object with the document in "query"');
  const own = (name: string): Json | undefined => (Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined);
  const [query, variables, operationName, extensions] = ['query', 'variables', 'operationName', 'extensions'].map(own);
  if (typeof query !== 'string') throw bad('query: the text of a document stands here');
  if (variables !== undefined && !isJsonObject(variables)) throw bad('variables: an object stands here');
  if (extensions !== undefined && !isJsonObject(extensions)) throw bad('extensions: an object stands here');
  if (operationName !== undefined && typeof operationName !== 'string') throw bad('operationName: a text stands here');
  return { query, variables: variables ?? {}, operationName: operationName === '' ? undefined : operationName };
}

/** What a body asks: one operation, or several in a list where the project takes such. */
export function askedByBody(text: unknown, { batch }: GraphqlLimits): Asked | readonly Asked[] {
  if (typeof text !== 'string' || text.trim() === '') throw bad('A request is a JSON object with the document in "query"');
  const value = jsonOf(text, 'The body');
  if (!isJsonList(value)) return askedOf(value);
  if (batch === 0) throw bad('Several operations in one request are not taken here (batch)');
  if (value.length > batch) throw beyond('operations in one request (batch)', value.length, batch);
  if (value.length === 0) throw bad('A list of operations holds at least one');
  return value.map(askedOf);
}

/** The text behind the question mark. */
export function rawQuery(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
}

/** What it says. */
export function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(rawQuery(url));
}

/** What a URL asks. */
export function askedByUrl(query: URLSearchParams): Asked {
  const parts: Record<string, Json> = {};
  for (const name of ['query', 'operationName']) parts[name] = query.get(name);
  for (const name of ['variables', 'extensions']) {
    const text = query.get(name);
    parts[name] = text === null || text === '' ? null : jsonOf(text, name);
  }
  return askedOf(parts);
}

const own = 'application/graphql-response+json';

/** Whether the caller understands GraphQL's own media type, under which a request that failed has a status of its own. */
export function takesOwnType(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes(own);
}

/** Whether a browser asks for a page. */
export function wantsPage(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '';
  return accept.includes('text/html') && !accept.includes(own);
}

/** Sends an answer that is JSON already. */
export function sendText(request: FastifyRequest, reply: FastifyReply, text: Text, status = 200): FastifyReply {
  return reply
    .code(status)
    .type(`${takesOwnType(request) ? own : 'application/json'}; charset=utf-8`)
    .header('vary', 'accept')
    .send(text);
}
