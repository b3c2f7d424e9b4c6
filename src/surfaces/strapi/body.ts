/** Bodies as clients send them: JSON with all its digits, no body at all under a JSON header, and forms (S-31). */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json-body.ts';
import { type BracketValue, isGroup, parseBrackets } from '../bracket-query.ts';
import { readJson } from '../read-json.ts';

const noJson = (reason: string): string => `The body is no JSON: ${reason}`;

function jsonOf(value: BracketValue): Json {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (!isGroup(value)) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, jsonOf(one)]));
}

/** Has the routes of this instance get their bodies so. */
export function parseBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_: unknown, text: string) => readJson(text, noJson));
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (request: FastifyRequest, text: string) =>
    text === '' ? undefined : jsonOf(parseBrackets(text, request.project.limits)),
  );
  app.addContentTypeParser('*', async ({ headers }: FastifyRequest, body: IncomingMessage) => {
    body.resume();
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return undefined;
    throw new GatewayError('unsupported_type', { type: headers['content-type'] ?? '' });
  });
}

/** An object. Throws `validation` for anything else. */
export function objectOf(request: FastifyRequest): JsonObject {
  const body = (request.body ?? null) as Json;
  if (isJsonObject(body)) return body;
  throw new GatewayError('validation', { message: 'The body is no object' });
}

/** The refusal of a body without `data`. */
export function missingData(): GatewayError {
  return new GatewayError('validation', { message: 'Missing "data" payload in the request body' });
}

/** What stands under `data` (S-150). */
export function dataOf(request: FastifyRequest): JsonObject {
  const body = (request.body ?? null) as Json;
  const data = isJsonObject(body) && Object.hasOwn(body, 'data') ? body['data'] : undefined;
  if (data !== undefined && isJsonObject(data)) return data;
  throw missingData();
}
