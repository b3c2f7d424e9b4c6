/** What an error thrown by code that is not ours says to a client: nothing, unless it means to. */
import { type ErrorName, GatewayError } from './errors.ts';

/** Kinds of ours that take a sentence, by their status. */
const kinds: Readonly<Record<number, ErrorName>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  413: 'payload_too_large',
  422: 'unprocessable',
  429: 'rate_limited',
};

/** The refusal that an error with a `status` of 400 to 499 and a `message` means; undefined for any other error. */
export function refusalOf(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error;
  if (typeof error !== 'object' || error === null || !('status' in error) || !('message' in error)) return undefined;
  const { status, message } = error;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 499) return undefined;
  if (typeof message !== 'string' || message === '') return undefined;
  const kind = kinds[status];
  return kind ? new GatewayError(kind, { message }) : new GatewayError('refused', { message, status });
}
