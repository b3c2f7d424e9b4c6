/** Errors in Strapi's shape (strapi-rest §14). */
import type { FastifyRequest } from 'fastify';
import { describeError, type ErrorName, type GatewayError } from '../../lib/errors.ts';

/** Whether a path is below the surface of a project, so that its errors are Strapi's. */
export function isStrapiPath(path: string): boolean {
  return /^\/[^/]+\/strapi(?:\/|$)/.test(path);
}

const statuses: Readonly<Record<string, number>> = {
  ValidationError: 400,
  BadRequestError: 400,
  ConflictError: 409,
  UnauthorizedError: 401,
  ForbiddenError: 403,
  NotFoundError: 404,
};

/** Names that are not those of the kind everywhere. */
const names: Partial<Record<ErrorName, string>> = {
  related_denied: 'ValidationError',
  read_denied: 'ForbiddenError',
  limit_exceeded: 'ValidationError',
  invalid_payload: 'ValidationError',
  bad_request: 'ValidationError',
};

/** Sentences that are the same whatever happened. */
const sentences: Readonly<Record<string, string>> = {
  UnauthorizedError: 'Missing or invalid credentials',
  ForbiddenError: 'Forbidden',
  NotFoundError: 'Not Found',
};

const unknownNames: ReadonlySet<ErrorName> = new Set<ErrorName>(['unknown_field', 'unknown_path', 'related_denied']);

interface Rendered {
  readonly status: number;
  readonly body: object;
}

/** Status and body of the answer to an error; `v5` words some of them in its own way. */
export function renderStrapiError(error: GatewayError, request: FastifyRequest): Rendered {
  const kind = describeError(error);
  const name = String(error.details['strapi'] ?? names[error.kind] ?? kind.strapi);
  const status = statuses[name] ?? (name === 'ApplicationError' ? 400 : kind.status);
  const { message, details } = told(error, name, isNewer(request));
  return { status, body: { data: null, error: { status, name, message, details } } };
}

function isNewer({ headers, lease }: FastifyRequest): boolean {
  const asked = String(headers['strapi-response-format'] ?? '').toLowerCase();
  return asked === 'v5' || (asked !== 'v4' && lease?.project.config.strapi?.format === 'v5');
}

function told(error: GatewayError, name: string, newer: boolean): { message: string; details: object } {
  const { field, param = 'query', path = field } = error.details;
  if (unknownNames.has(error.kind) && field !== undefined) {
    const key = String(field);
    if (!newer) return { message: `Invalid parameter ${key}`, details: {} };
    return { message: `Invalid key ${key}`, details: { key, path: String(path), source: 'query', param } };
  }
  if (error.kind === 'duplicate') return ofField('This attribute must be unique', field);
  const said = error.kind === 'field_write_denied' ? error.message : error.details['message'];
  if (name === 'ApplicationError') return { message: error.message, details: {} };
  if (error.faults.length > 0) {
    const errors = error.faults.map((one) => ({ path: [one.field], message: one.message, name: 'ValidationError' }));
    return { message: error.message, details: { errors } };
  }
  if (name === 'ValidationError')
    return ofField(error.message, error.kind === 'constraint' || error.kind === 'validation' ? field : undefined);
  return { message: typeof said === 'string' && name === 'ForbiddenError' ? said : (sentences[name] ?? error.message), details: {} };
}

function ofField(message: string, field: string | number | undefined): { message: string; details: object } {
  if (field === undefined) return { message, details: {} };
  return { message, details: { errors: [{ path: [String(field)], message, name: 'ValidationError' }] } };
}
