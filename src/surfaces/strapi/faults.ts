/** What is said of parameters that cannot be understood. */
import { GatewayError } from '../../lib/errors.ts';

/** A name that does not exist, or that the caller may not use: one answer for both (S-74). `path` is where it stands in `param`. */
export function invalidName(name: string, param: string, path: readonly string[] = []): GatewayError {
  return new GatewayError('unknown_field', { field: name, param, path: [...path, name].join('.') });
}

/** A value that means nothing where it stands; the sentence names the parameter. */
export function invalidValue(param: string, sentence: string): GatewayError {
  return new GatewayError('validation', { message: `${param}: ${sentence}`, field: param });
}
