/** Bodies of SCIM requests, and what the parts of a resource are called there, whatever the case of their letters. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { parsePlainJson } from '../../lib/plain-json.ts';

export type ScimBody = Readonly<Record<string, unknown>>;

/** Has the routes of this instance read JSON under SCIM's own type as well. */
export function parseScimBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser(
    ['application/json', 'application/scim+json'],
    { parseAs: 'string' },
    async (_request: unknown, text: string) => {
      if (text.trim() === '') return undefined;
      try {
        return parsePlainJson(text);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        throw new GatewayError('invalid_payload', { message: `The body is no JSON: ${error.message}` });
      }
    },
  );
}

/** Whether a value is an object, and no list. */
export function isScimObject(value: unknown): value is ScimBody {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The body, which must be an object. */
export function bodyOf(request: FastifyRequest): ScimBody {
  if (isScimObject(request.body)) return request.body;
  throw new GatewayError('invalid_payload', { message: 'The body should be a JSON object' });
}

/** Those of the attributes that are known, under the names of RFC 7643; others are passed over, as it asks for. */
export function known(body: ScimBody, names: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    const name = names.find((one) => one.toLowerCase() === key.toLowerCase());
    if (name !== undefined) found[name] = truth(name, value);
  }
  return found;
}

/** Some clients send truth as text. */
function truth(name: string, value: unknown): unknown {
  if (name !== 'active' || typeof value !== 'string' || !/^(?:true|false)$/i.test(value)) return value;
  return value.toLowerCase() === 'true';
}
