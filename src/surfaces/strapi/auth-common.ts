/** What the routes of /auth have in common: how they refuse, and the session that they answer with (strapi-rest §12). */
import type { FastifyRequest } from 'fastify';
import { tokenFor } from '../../auth/sign-in.ts';
import type { UserRow } from '../../auth/users.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { type ErrorName, GatewayError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json-body.ts';
import { jsonType } from './read.ts';
import { userObject } from './user-object.ts';

/** The refusal of what a body holds. */
export function invalid(message: string, field?: string): GatewayError {
  return new GatewayError('validation', { message, ...(field === undefined ? {} : { field }) });
}

/** A refusal that is no fault of the values sent (S-192). */
export function refused(message: string): GatewayError {
  return new GatewayError('validation', { message, strapi: 'ApplicationError' });
}

/** The text that the body has under that name. Throws where there is none. */
export function textIn(body: JsonObject, name: string): string {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw invalid(`${name} is a required field`, name);
}

/** Refusals of a sign-in, as Strapi words them. */
export const signInRefusals: Partial<Record<ErrorName, () => GatewayError>> = {
  invalid_credentials: () => invalid('Invalid identifier or password'),
  otp_missing: () => invalid('A one-time password is required', 'otp'),
  otp_wrong: () => invalid('The one-time password is wrong', 'otp'),
  user_suspended: () => refused('Your account has been blocked by an administrator'),
  user_inactive: () => refused('Your account email is not confirmed'),
};

/** For what is told by mail. */
export const withoutMail: Partial<Record<ErrorName, () => GatewayError>> = {
  mail_unavailable: () => refused('This project sends no mail'),
};

/** Runs it; refusals of these kinds are worded so. */
export async function translated<T>(run: () => Promise<T>, kinds: Partial<Record<ErrorName, () => GatewayError>>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw (error instanceof GatewayError && kinds[error.kind]?.()) || error;
  }
}

/** An answer with a token and its user. */
export async function sessionAnswer(request: FastifyRequest, user: UserRow): Promise<KeptAnswer> {
  const jwt = await tokenFor(request, user);
  return { ...answerOf({ jwt, user: userObject(user) }), secret: true };
}

/** An answer of status 200. */
export function answerOf(body: object): KeptAnswer {
  return { status: 200, body: JSON.stringify(body), contentType: jsonType };
}

/** Of an answer with a token there is nothing to be kept but that it was given. */
export const tokenGiven: KeptAnswer = { status: 200, secret: true };
