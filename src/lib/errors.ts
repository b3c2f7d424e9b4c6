/** The one table of things that can go wrong on purpose, and the one error class. Surfaces render it in their own shape. */

type Details = Readonly<Record<string, string | number | undefined>>;

export interface ErrorKind {
  /** HTTP status. */
  status: number;
  /** Directus 8 error code (directus8-data §2.2, directus8-system §1.6); null where the reference has none. */
  directus: number | null;
  /** `extensions.code` of a GraphQL error. */
  graphql: string;
  /** `error.name` in Strapi's error object. */
  strapi: string;
  /** `errors[].name` in Payload's error object. */
  payload: string;
  /** The sentence a client reads; never SQL, never a secret. */
  message: (d: Details) => string;
}

const kind = (
  status: number,
  directus: number | null,
  graphql: string,
  strapi: string,
  payload: string,
  message: (d: Details) => string,
): ErrorKind => ({ status, directus, graphql, strapi, payload, message });

const said = (fallback: string) => (d: Details) => String(d['message'] ?? fallback);

export const errorKinds = {
  route_not_found: kind(404, 1, 'NOT_FOUND', 'NotFoundError', 'NotFound', () => 'Not Found'),
  bad_request: kind(400, 2, 'BAD_REQUEST', 'BadRequestError', 'APIError', said('Bad request')),
  unauthorized: kind(401, 3, 'UNAUTHENTICATED', 'UnauthorizedError', 'UnauthorizedError', said('Unauthorized request')),
  validation: kind(422, 4, 'BAD_USER_INPUT', 'ValidationError', 'ValidationError', said('Validation failed')),
  method_not_allowed: kind(405, 6, 'BAD_REQUEST', 'MethodNotAllowedError', 'APIError', said('Method Not Allowed')),
  rate_limited: kind(429, 7, 'RATE_LIMITED', 'RateLimitError', 'APIError', said('Too many requests')),
  forbidden: kind(403, 10, 'FORBIDDEN', 'ForbiddenError', 'Forbidden', said('You are not allowed to do this')),
  unprocessable: kind(422, 12, 'BAD_USER_INPUT', 'ValidationError', 'ValidationError', said('Unprocessable request')),
  invalid_payload: kind(400, 13, 'BAD_REQUEST', 'BadRequestError', 'APIError', said('Invalid or Empty Payload')),
  payload_too_large: kind(413, 13, 'BAD_REQUEST', 'PayloadTooLargeError', 'APIError', said('The request body is too large')),
  not_installed: kind(503, 14, 'UNAVAILABLE', 'ServiceUnavailableError', 'APIError', said('No project is configured yet')),
  project_exists: kind(
    409,
    18,
    'CONFLICT',
    'ValidationError',
    'ValidationError',
    (d) => `There is a project "${d['project']}" already; choose another key`,
  ),
  install_database: kind(400, 19, 'BAD_USER_INPUT', 'ValidationError', 'ValidationError', said('The database cannot be used')),
  ip_denied: kind(401, 19, 'FORBIDDEN', 'ForbiddenError', 'Forbidden', () => 'You are not allowed to sign in from this location'),
  database_unavailable: kind(
    503,
    11,
    'UNAVAILABLE',
    'ServiceUnavailableError',
    'APIError',
    said('The database of this project does not answer right now; try again shortly'),
  ),
  batch_upload: kind(
    400,
    15,
    'BAD_REQUEST',
    'BadRequestError',
    'APIError',
    () => 'One request brings the content of one file, or of several as a form',
  ),
  busy: kind(503, 12, 'UNAVAILABLE', 'ServiceUnavailableError', 'APIError', said('Too much of this is under way; try again shortly')),
  overloaded: kind(
    503,
    12,
    'UNAVAILABLE',
    'ServiceUnavailableError',
    'APIError',
    () => 'The server has more to do than it can; try again shortly',
  ),
  range_not_satisfiable: kind(
    416,
    2,
    'BAD_REQUEST',
    'BadRequestError',
    'APIError',
    (d) => `The content has ${d['size']} bytes; the header Range names others`,
  ),
  storage_unavailable: kind(
    503,
    600,
    'UNAVAILABLE',
    'ServiceUnavailableError',
    'APIError',
    said('The storage of files does not answer right now; try again shortly'),
  ),
  write_conflict: kind(
    503,
    11,
    'UNAVAILABLE',
    'ServiceUnavailableError',
    'APIError',
    said('Another change to the same rows is under way; try again shortly'),
  ),
  statement_timeout: kind(
    422,
    12,
    'TIMEOUT',
    'ValidationError',
    'APIError',
    said('The database did not finish within the time that a statement may take (statementMilliseconds); ask for less'),
  ),
  limit_exceeded: kind(400, 2, 'LIMIT_EXCEEDED', 'BadRequestError', 'APIError', said('A limit was exceeded')),
  too_many_rows: kind(422, 12, 'LIMIT_EXCEEDED', 'BadRequestError', 'APIError', said('There are more rows than one answer may hold')),
  invalid_credentials: kind(404, 100, 'UNAUTHENTICATED', 'ValidationError', 'AuthenticationError', () => 'Invalid user credentials'),
  invalid_token: kind(401, 101, 'UNAUTHENTICATED', 'UnauthorizedError', 'UnauthorizedError', () => 'Invalid token'),
  expired_token: kind(401, 102, 'UNAUTHENTICATED', 'UnauthorizedError', 'UnauthorizedError', () => 'Expired token'),
  user_inactive: kind(401, 103, 'UNAUTHENTICATED', 'ForbiddenError', 'AuthenticationError', () => 'The user is not active'),
  user_suspended: kind(404, 103, 'UNAUTHENTICATED', 'ForbiddenError', 'LockedAuth', () => 'The user is suspended'),
  invalid_reset_token: kind(401, 104, 'UNAUTHENTICATED', 'ValidationError', 'AuthenticationError', () => 'Invalid reset password token'),
  expired_reset_token: kind(401, 105, 'UNAUTHENTICATED', 'ValidationError', 'AuthenticationError', () => 'Expired reset password token'),
  user_locked: kind(
    401,
    103,
    'UNAUTHENTICATED',
    'ForbiddenError',
    'LockedAuth',
    () => 'This user is locked due to having too many failed login attempts.',
  ),
  user_unverified: kind(
    403,
    103,
    'UNAUTHENTICATED',
    'ForbiddenError',
    'UnverifiedEmail',
    () => 'Please verify your email before logging in.',
  ),
  user_not_found: kind(404, 106, 'NOT_FOUND', 'NotFoundError', 'NotFound', () => 'User not found'),
  not_authenticated: kind(401, 108, 'UNAUTHENTICATED', 'UnauthorizedError', 'UnauthorizedError', () => 'Sign in first'),
  otp_missing: kind(404, 111, 'UNAUTHENTICATED', 'ValidationError', 'AuthenticationError', () => 'A one-time password is required'),
  otp_wrong: kind(404, 112, 'UNAUTHENTICATED', 'ValidationError', 'AuthenticationError', () => 'The one-time password is wrong'),
  mail_unavailable: kind(503, 503, 'UNAVAILABLE', 'ServiceUnavailableError', 'APIError', said('The mail could not be sent')),
  login_payload: kind(422, 114, 'BAD_USER_INPUT', 'ValidationError', 'ValidationError', said('email and password are required')),
  unsupported_type: kind(
    415,
    13,
    'BAD_REQUEST',
    'UnsupportedMediaTypeError',
    'APIError',
    (d) => `A body of type "${d['type']}" is not understood here; send application/json`,
  ),
  unknown_collection: kind(404, 200, 'NOT_FOUND', 'NotFoundError', 'NotFound', (d) => `Unable to find collection: ${d['collection']}`),
  system_collection: kind(
    401,
    201,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    () => 'Direct access to system collections is not allowed; each has an endpoint of its own',
  ),
  unknown_field: kind(
    422,
    202,
    'BAD_USER_INPUT',
    'ValidationError',
    'QueryError',
    (d) => `Invalid field "${d['field']}" in "${d['collection']}"${d['hint'] ?? ''}`,
  ),
  unknown_path: kind(
    404,
    202,
    'BAD_USER_INPUT',
    'ValidationError',
    'QueryError',
    (d) => `Unable to find field "${d['field']}"${d['hint'] ?? ''}`,
  ),
  item_not_found: kind(404, 203, 'NOT_FOUND', 'NotFoundError', 'NotFound', (d) =>
    d['id'] === undefined ? 'Item not found' : `Item with id "${d['id']}" not found${d['hint'] ?? ''}`,
  ),
  duplicate: kind(
    409,
    204,
    'CONFLICT',
    'ValidationError',
    'ValidationError',
    (d) =>
      `Duplicate key${d['value'] === undefined ? '' : ` "${d['value']}"`}${d['collection'] ? ` for collection "${d['collection']}"` : ''}`,
  ),
  precondition_failed: kind(
    412,
    12,
    'PRECONDITION_FAILED',
    'PreconditionFailedError',
    'APIError',
    said('The item is not as the If-Match header says; read it again'),
  ),
  request_in_flight: kind(
    409,
    12,
    'CONFLICT',
    'ConflictError',
    'APIError',
    said('A request with this Idempotency-Key is still under way; send it again shortly'),
  ),
  constraint: kind(
    422,
    12,
    'BAD_USER_INPUT',
    'ValidationError',
    'ValidationError',
    said('A constraint of the database refuses this value'),
  ),
  not_managed: kind(404, 205, 'NOT_FOUND', 'NotFoundError', 'NotFound', (d) => `The collection "${d['collection']}" is not managed`),
  collection_exists: kind(
    422,
    307,
    'BAD_USER_INPUT',
    'ValidationError',
    'ValidationError',
    (d) => `Collection "${d['collection']}" already exists`,
  ),
  field_exists: kind(422, 308, 'BAD_USER_INPUT', 'ValidationError', 'ValidationError', (d) => `Field "${d['field']}" already exists`),
  unknown_type: kind(422, 401, 'BAD_USER_INPUT', 'ValidationError', 'ValidationError', (d) => `Unknown type: ${d['type']}`),
  length_missing: kind(422, 402, 'BAD_USER_INPUT', 'ValidationError', 'ValidationError', (d) => `Missing length for: ${d['field']}`),
  length_unsupported: kind(
    422,
    403,
    'BAD_USER_INPUT',
    'ValidationError',
    'ValidationError',
    (d) => `The datatype of "${d['field']}" takes no length`,
  ),
  schema_refused: kind(
    422,
    404,
    'BAD_USER_INPUT',
    'ValidationError',
    'ValidationError',
    said('The database refuses this change: something else depends on what it would change'),
  ),
  revision_not_found: kind(404, 207, 'NOT_FOUND', 'NotFoundError', 'NotFound', (d) => `Revision with Id "${d['id']}" not found`),
  comment_not_found: kind(404, 203, 'NOT_FOUND', 'NotFoundError', 'NotFound', (d) => `Comment "${d['id']}" not found`),
  comment_create_denied: kind(
    403,
    210,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    (d) => `Adding a comment to "${d['collection']}" collection was denied`,
  ),
  comment_update_denied: kind(
    403,
    211,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    (d) => `Updating a comment to "${d['collection']}" collection was denied`,
  ),
  comment_delete_denied: kind(
    403,
    212,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    (d) => `Deleting a comment from "${d['collection']}" collection was denied`,
  ),
  structured_value: kind(
    422,
    213,
    'BAD_USER_INPUT',
    'ValidationError',
    'ValidationError',
    (d) => `Attempting to write an array as the value for field "${d['field']}" in "${d['collection']}"`,
  ),
  unknown_hasher: kind(422, 1000, 'BAD_USER_INPUT', 'ValidationError', 'ValidationError', (d) => `Unknown hasher; known are ${d['known']}`),
  not_signed_in: kind(401, 108, 'UNAUTHENTICATED', 'UnauthorizedError', 'UnauthorizedError', () => 'Nobody is signed in'),
  last_administrator: kind(
    403,
    216,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    () => 'There must always be at least one active administrator; make somebody else one first',
  ),
  unknown_operator: kind(
    422,
    214,
    'BAD_USER_INPUT',
    'ValidationError',
    'QueryError',
    (d) => `Unknown filter: ${d['operator']}${d['hint'] ?? ''}`,
  ),
  related_denied: kind(403, 215, 'FORBIDDEN', 'ForbiddenError', 'Forbidden', (d) => `Unable to access "${d['field']}" related data`),
  alter_denied: kind(403, 306, 'FORBIDDEN', 'ForbiddenError', 'Forbidden', (d) => `Altering collection "${d['collection']}" was denied`),
  read_denied: kind(
    403,
    300,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    (d) => `Reading items from "${d['collection']}" collection was denied`,
  ),
  create_denied: kind(
    403,
    301,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    (d) => `Creating item to "${d['collection']}" collection was denied`,
  ),
  update_denied: kind(
    403,
    302,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    (d) => `Updating item from "${d['collection']}" collection was denied`,
  ),
  delete_denied: kind(
    403,
    303,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    (d) => `Deleting item from "${d['collection']}" collection was denied`,
  ),
  field_write_denied: kind(
    403,
    305,
    'FORBIDDEN',
    'ForbiddenError',
    'Forbidden',
    (d) => `Write access to "${d['field']}" field in "${d['collection']}" collection was denied`,
  ),
  field_not_found: kind(404, 202, 'NOT_FOUND', 'NotFoundError', 'NotFound', (d) => `Unable to find field "${d['field']}"`),
  sso_user_unknown: kind(404, 107, 'NOT_FOUND', 'NotFoundError', 'NotFound', () => 'No user of this project belongs to this identity'),
  sso_two_factor: kind(
    401,
    115,
    'UNAUTHENTICATED',
    'UnauthorizedError',
    'UnauthorizedError',
    () => 'Users with a second factor sign in by password',
  ),
  sso_token_invalid: kind(401, 109, 'UNAUTHENTICATED', 'UnauthorizedError', 'UnauthorizedError', () => 'Invalid request token'),
  sso_token_expired: kind(401, 110, 'UNAUTHENTICATED', 'UnauthorizedError', 'UnauthorizedError', () => 'Expired request token'),
  sso_failed: kind(
    401,
    3,
    'UNAUTHENTICATED',
    'UnauthorizedError',
    'UnauthorizedError',
    said('The sign-in at the provider failed; begin it anew'),
  ),
  sso_unavailable: kind(503, null, 'UNAVAILABLE', 'ServiceUnavailableError', 'APIError', () => 'The identity provider does not answer'),
  /** By an extension, with a status of its own choice. */
  refused: kind(400, 2, 'BAD_REQUEST', 'BadRequestError', 'APIError', said('An extension refuses this request')),
  internal: kind(500, null, 'INTERNAL_SERVER_ERROR', 'InternalServerError', 'APIError', () => 'Internal Server Error'),
} satisfies Record<string, ErrorKind>;

export type ErrorName = keyof typeof errorKinds;

/** What is wrong with one field of an item. */
export interface FieldFault {
  readonly field: string;
  /** The sentence without the field's name before it. */
  readonly message: string;
  /** A value is missing. */
  readonly blank: boolean;
}

/** The only error thrown on purpose. `details` fill the sentence of the kind and are safe to show; `at` stands before it. */
export class GatewayError extends Error {
  readonly kind: ErrorName;
  readonly details: Details;
  /** Field by field, where it is known of which ones the sentence speaks. */
  readonly faults: readonly FieldFault[];

  constructor(kind: ErrorName, details: Details = {}, cause?: unknown, faults: readonly FieldFault[] = []) {
    const said = errorKinds[kind].message(details);
    super(details['at'] === undefined ? said : `${details['at']}: ${said}`, cause === undefined ? undefined : { cause });
    this.name = 'GatewayError';
    this.kind = kind;
    this.details = details;
    this.faults = faults;
  }
}

/** The kind's row in the table: status, codes and names for every surface. */
export function describeError(error: GatewayError): ErrorKind {
  const row = errorKinds[error.kind];
  const { status } = error.details;
  return error.kind === 'refused' && typeof status === 'number' ? { ...row, status } : row;
}
