/** The one error that is thrown on purpose; what it may say of itself is in error-kinds.ts. Surfaces render it in their own shape. */
import { type Details, type ErrorKind, type ErrorName, errorKinds } from './error-kinds.ts';

export type { ErrorName };

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
