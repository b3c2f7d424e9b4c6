/** Request bodies as JSON values: JSON with all its digits, and forms as PHP reads them (directus8-data §1.3). */
import type { FastifyInstance } from 'fastify';
import type { Json } from '../../lib/json-body.ts';
import { isForm, readFields, takeForms } from '../file-form.ts';
import { readJson } from '../read-json.ts';
import { type PhpValue, parsePhpQuery } from './php-query.ts';

/** A map of the keys 0, 1, 2 … is a list. */
function jsonOf(value: PhpValue): Json {
  if (typeof value === 'string') return value;
  const entries = [...value];
  if (entries.length > 0 && entries.every(([key], i) => key === String(i))) return entries.map(([, inner]) => jsonOf(inner));
  return Object.fromEntries(entries.map(([key, inner]) => [key, jsonOf(inner)]));
}

const noJson = (reason: string): string => `Invalid or Empty Payload: the body is no JSON: ${reason}`;

/** Has the routes of this instance get their bodies so. */
export function parseBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  for (const type of ['application/json', /^application\/[^;\s]+\+json(?:;|$)/i])
    app.addContentTypeParser(type, { parseAs: 'string' }, async (_request: unknown, text: string) => readJson(text, noJson));
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, async (_request: unknown, text: string) =>
    text === '' ? undefined : jsonOf(parsePhpQuery(text)),
  );
}

const longestField = 1_048_576;

/** Has the routes of this instance get the fields of a multipart form as those of the other kind. Files it may not bring. */
export async function takeFields(app: FastifyInstance): Promise<void> {
  await takeForms(app);
  app.addHook('preValidation', async (request) => {
    if (!isForm(request)) return;
    const asText = (part: Json): string => encodeURIComponent(typeof part === 'string' ? part : JSON.stringify(part));
    const text = (await readFields(request, longestField)).map((pair) => pair.map(asText).join('=')).join('&');
    request.body = text === '' ? undefined : jsonOf(parsePhpQuery(text));
  });
}
