/** How the whole of a request is refused, in the shape of GraphQL. The language itself is not loaded for it. */
import type { SourceLocation } from 'graphql';
import { describeError, GatewayError } from '../../lib/errors.ts';

export interface RenderedGraphqlError {
  readonly message: string;
  readonly locations?: readonly SourceLocation[];
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Whether a path is the GraphQL endpoint of a project, so that its errors are GraphQL's. */
export function isGraphqlPath(path: string): boolean {
  return /^\/[^/]+\/gql(?:\/|$)/.test(path);
}

/** One of our errors, with the code of its kind. */
export function renderOwnError(error: GatewayError, path?: readonly (string | number)[]): RenderedGraphqlError {
  const { cost, limit } = error.details;
  const numbers = { ...(cost === undefined ? {} : { cost }), ...(limit === undefined ? {} : { limit }) };
  return { message: error.message, ...(path ? { path } : {}), extensions: { code: describeError(error).graphql, ...numbers } };
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
  return { status: describeError(error).status, body: { errors: [renderOwnError(error)] } };
}
