/** The JSON of a request's body, with all its digits. */
import { GatewayError } from '../lib/errors.ts';
import { type Json, parseJsonBody } from '../lib/json-body.ts';

/** Undefined for an empty body. Throws `invalid_payload` for what is no JSON, in the sentence that the surface makes of the reason. */
export function readJson(text: string, sentence: (reason: string) => string): Json | undefined {
  if (text.trim() === '') return undefined;
  try {
    return parseJsonBody(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new GatewayError('invalid_payload', { message: sentence(error.message) });
  }
}
