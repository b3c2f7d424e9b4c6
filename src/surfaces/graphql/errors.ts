/** Errors in the shape of GraphQL, with the code of the kind in `extensions` (GraphQL over HTTP). */
import { GraphQLError, type SourceLocation } from 'graphql';
import { describeError, GatewayError } from '../../lib/errors.ts';

export interface RenderedGraphqlError {
  readonly message: string;
  readonly locations?: readonly SourceLocation[];
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** What is wrong with a document or its variables: nothing of it was run. */
export class RequestFault extends Error {
  readonly code: string;
  readonly errors: readonly GraphQLError[];

  constructor(code: string, errors: readonly GraphQLError[]) {
    super(errors[0]?.message ?? code);
    this.code = code;
    this.errors = errors;
  }
}

/** Whether a path is the GraphQL endpoint of a project, so that its errors are GraphQL's. */
export function isGraphqlPath(path: string): boolean {
  return /^\/[^/]+\/gql(?:\/|$)/.test(path);
}

/** One of our errors, or one of the language's. */
export function renderGraphqlError(
  error: GatewayError | GraphQLError,
  path?: readonly (string | number)[],
  code = 'BAD_USER_INPUT',
): RenderedGraphqlError {
  const where = path ? { path } : {};
  if (error instanceof GraphQLError) {
    const { message, locations } = error;
    return { message, ...(locations ? { locations } : {}), ...where, extensions: { code, ...error.extensions } };
  }
  const { cost, limit } = error.details;
  const numbers = { ...(cost === undefined ? {} : { cost }), ...(limit === undefined ? {} : { limit }) };
  return { message: error.message, ...where, extensions: { code: describeError(error).graphql, ...numbers } };
}

/** The errors of a request of which nothing was run. */
export function faultBody(error: unknown): { readonly errors: readonly RenderedGraphqlError[] } | undefined {
  if (error instanceof RequestFault) return { errors: error.errors.map((one) => renderGraphqlError(one, undefined, error.code)) };
  if (error instanceof GraphQLError) return { errors: [renderGraphqlError(error)] };
  return undefined;
}

/** A refusal by a guard, which tells what was asked and what may be. */
export function beyond(what: string, cost: number, limit: number): GatewayError {
  return new GatewayError('limit_exceeded', {
    message: `The operation has ${cost} ${what}, and the limit is ${limit}; ask for less`,
    cost,
    limit,
  });
}

/** Status and body of the answer to a request that was refused as a whole. */
export function renderGraphqlFault(error: GatewayError): { readonly status: number; readonly body: object } {
  return { status: describeError(error).status, body: { errors: [renderGraphqlError(error)] } };
}
