/** Bodies of the routes about accounts: texts by name, and the sentences about what is wrong with them. */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type Json, type JsonObject, numberText } from '../../lib/json-body.ts';

export type Body = JsonObject;

/** An object. Throws `invalid_payload` for anything else. */
export function bodyOf(request: FastifyRequest): Body {
  const body = (request.body ?? null) as Json;
  if (!isJsonObject(body)) throw new GatewayError('invalid_payload');
  return body;
}

/** An address of mail as far as its form goes; nothing of it can break a header. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^@\s\p{Cc}<>,;"]+@[^@\s\p{Cc}<>,;"]+$/u.test(text);
}

function faultOf(value: Json | undefined, form: 'text' | 'address'): string | undefined {
  if (value === undefined || value === null || value === '') return 'This value should not be blank.';
  if (typeof value !== 'string') return 'This value should be of type string.';
  if (value.includes('\0')) return 'This value should not hold the character U+0000.';
  return form === 'address' && !isAddress(value) ? 'This value is not a valid email address.' : undefined;
}

/** The texts of those names; all that is wrong is told at once, as an error of that kind. */
export function textsIn<Name extends string>(
  body: Body,
  wanted: Readonly<Record<Name, 'text' | 'address'>>,
  kind: 'validation' | 'login_payload',
): Record<Name, string> {
  const forms = Object.entries<'text' | 'address'>(wanted);
  const faults = forms.flatMap(([name, form]) => {
    const fault = faultOf(body[name], form);
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
  if (faults.length > 0) throw new GatewayError(kind, { message: faults.join(' ') });
  return Object.fromEntries(forms.map(([name]) => [name, String(body[name])])) as Record<Name, string>;
}

/** A one-time password: six digits, as text or as a number, which has no leading zeros. */
export function otpIn({ otp }: Body): string | undefined {
  return typeof otp === 'string' && otp !== '' ? otp : numberText(otp)?.padStart(6, '0');
}
