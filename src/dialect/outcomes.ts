/** How transactions end other than by a commit, on every vendor: what may be tried again, and what nobody knows. */
import { GatewayError } from '../lib/errors.ts';

/** Another transaction was in the way: nothing of this one was done, and it would work another time. */
export function conflict(cause: unknown): GatewayError {
  return new GatewayError('write_conflict', {}, cause);
}

/** Whether the transaction met another one, and may be run once more. */
export function isConflict(error: unknown): boolean {
  return error instanceof GatewayError && error.kind === 'write_conflict';
}

/** The connection was lost while it committed. */
export function unknownOutcome(cause: unknown): GatewayError {
  const message =
    'The connection to the database was lost while the change was being saved; whether it was saved is not known: look before sending it again';
  return new GatewayError('database_unavailable', { message }, cause);
}

/** Whether the statement took longer than it may. */
export function isTimeout(error: unknown): boolean {
  return error instanceof GatewayError && error.kind === 'statement_timeout';
}

/** Whether a read was refused for what it asks, by us or by the database: its transaction may go on without it. */
export function isRefusedRead(error: unknown): boolean {
  return isTimeout(error) || (error instanceof GatewayError && error.kind === 'limit_exceeded');
}
