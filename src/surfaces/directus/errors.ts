/** Errors in the shape of Directus 8 (directus8-data §2.1). */
import { describeError, GatewayError } from '../../lib/errors.ts';

export interface RenderedError {
  readonly status: number;
  readonly body: { readonly error: { readonly code: number | null; readonly message: string } };
}

const own: Readonly<Record<string, 'invalid_payload' | 'payload_too_large' | 'bad_request' | 'validation'>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_payload',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_payload',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'invalid_payload',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_BAD_URL: 'bad_request',
  FST_ERR_VALIDATION: 'validation',
};

const sentences: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Invalid or Empty Payload: this content type is not understood; send application/json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its Content-Length says',
  FST_ERR_BAD_URL: 'The URL holds an invalid percent encoding',
};

const byStatus: Readonly<Record<number, 'unauthorized' | 'forbidden' | 'payload_too_large' | 'rate_limited'>> = {
  401: 'unauthorized',
  403: 'forbidden',
  413: 'payload_too_large',
  429: 'rate_limited',
};

/**
 * Any thrown value as one of our errors. What the web framework or a plugin of it refuses is the client's fault and told in a
 * sentence of ours; everything else is `internal` and says nothing.
 */
export function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof Error)) return new GatewayError('internal', {}, error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  const message = sentences[code];
  const details = message === undefined ? {} : { message };
  const kind = own[code] ?? byStatus[status];
  if (kind) return new GatewayError(kind, details, error);
  // The JSON parser throws plain syntax errors with the status set.
  if (status === 400 && error instanceof SyntaxError) return new GatewayError('invalid_payload', {}, error);
  if (status >= 400 && status < 500 && code.startsWith('FST_')) return new GatewayError('bad_request', {}, error);
  return new GatewayError('internal', {}, error);
}

/** Status and body of the answer to an error. Never SQL, never a stack: only the sentence of the kind. */
export function renderDirectusError(error: unknown): RenderedError {
  const gateway = toGatewayError(error);
  const kind = describeError(gateway);
  return { status: kind.status, body: { error: { code: kind.directus, message: gateway.message } } };
}
