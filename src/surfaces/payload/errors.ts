/** Errors in the shape of the convention (payload-rest §16, P-30, P-54, P-114). */
import { describeError, type ErrorName, type GatewayError } from '../../lib/errors.ts';
import { pathsOf } from './faults.ts';

/** Whether a path is one of this surface, so that its errors are the convention's. */
export function isPayloadPath(path: string): boolean {
  return /^\/[^/]+\/payload\/api(?:[/?#]|$)/.test(path);
}

export interface RenderedPayloadError {
  readonly status: number;
  readonly body: object;
}

interface Described {
  readonly status: number;
  readonly message: string;
  readonly name?: string;
  readonly data?: unknown;
}

/** What the convention says in words of its own. */
const notAllowed = { status: 403, name: 'Forbidden', message: 'You are not allowed to perform this action.' };
const notFound = { status: 404, name: 'NotFound', message: 'Not Found' };
const wrongLogin = { status: 401, name: 'AuthenticationError', message: 'The email or password provided is incorrect.' };
const badToken = { status: 403, name: 'APIError', message: 'Token is either invalid or has expired.' };
const internal = { status: 500, name: 'APIError', message: 'Something went wrong.' };

const described: Partial<Record<ErrorName, Described>> = {
  read_denied: notAllowed,
  create_denied: notAllowed,
  update_denied: notAllowed,
  delete_denied: notAllowed,
  field_write_denied: notAllowed,
  related_denied: notAllowed,
  system_collection: notAllowed,
  item_not_found: notFound,
  unknown_collection: notFound,
  invalid_credentials: wrongLogin,
  user_suspended: wrongLogin,
  user_inactive: wrongLogin,
  invalid_reset_token: badToken,
  expired_reset_token: badToken,
  invalid_token: badToken,
  expired_token: badToken,
  user_not_found: badToken,
  internal,
};

/** Kinds whose status is another one here. */
const statuses: Partial<Record<ErrorName, number>> = {
  validation: 400,
  unprocessable: 400,
  unknown_field: 400,
  unknown_path: 400,
  field_not_found: 400,
  unknown_operator: 400,
  structured_value: 400,
  duplicate: 400,
  constraint: 400,
  statement_timeout: 400,
  too_many_rows: 400,
  otp_missing: 401,
  otp_wrong: 401,
};

function queryError(error: GatewayError): Described {
  const paths = pathsOf(error);
  return {
    status: 400,
    name: 'QueryError',
    message: `The following path${paths.length > 1 ? 's' : ''} cannot be queried: ${paths.join(', ')}`,
    data: paths.map((path) => ({ path })),
  };
}

function describedAs(error: GatewayError): Described {
  const own = described[error.kind];
  if (own) return own;
  const kind = describeError(error);
  if (kind.payload === 'QueryError') return queryError(error);
  const { data } = error.details;
  const more = typeof data === 'string' ? { data: JSON.parse(data) as unknown } : {};
  return { status: statuses[error.kind] ?? kind.status, name: kind.payload, message: error.message, ...more };
}

/** Status and body of the answer to an error; `path` is the request's, without the query. */
export function renderPayloadError(error: GatewayError, path: string): RenderedPayloadError {
  if (error.kind === 'route_not_found' || error.kind === 'method_not_allowed') {
    return { status: 404, body: { message: `Route not found "${path}"` } };
  }
  const { status, ...one } = describedAs(error);
  return { status, body: { errors: [one] } };
}
