/** Errors in the shape of GraphQL, with the code of the kind in `extensions` (GraphQL over HTTP). */
import { GraphQLError } from 'graphql';
import type { GatewayError } from '../../lib/errors.ts';
import { type RenderedGraphqlError, renderOwnError } from './fault.ts';

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

/** One of our errors, or one of the language's. */
export function renderGraphqlError(
  error: GatewayError | GraphQLError,
  path?: readonly (string | number)[],
  code = 'BAD_USER_INPUT',
): RenderedGraphqlError {
  if (!(error instanceof GraphQLError)) return renderOwnError(error, path);
  const { message, locations } = error;
  return { message, ...(locations ? { locations } : {}), ...(path ? { path } : {}), extensions: { code, ...error.extensions } };
}

/** The errors of a request of which nothing was run. */
export function faultBody(error: unknown): { readonly errors: readonly RenderedGraphqlError[] } | undefined {
  if (error instanceof RequestFault) return { errors: error.errors.map((one) => renderGraphqlError(one, undefined, error.code)) };
  if (error instanceof GraphQLError) return { errors: [renderGraphqlError(error)] };
  return undefined;
}
