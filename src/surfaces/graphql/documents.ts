/** From the text of a document to an operation: parsed, validated against the caller's schema, its variables coerced. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { RequestFault } from './errors.ts';
import { checkOperation, checkTokens } from './guards.ts';
import type { RoleSchema } from './role-schema.ts';
import type { Operation } from './selections.ts';
import type { GraphqlLimits } from './settings.ts';
import type { Coerced } from './to-filter.ts';

/** What a request asks. */
export interface Asked {
  readonly query: string;
  readonly variables: Coerced;
  readonly operationName: string | undefined;
}

export interface Understood extends Operation {
  readonly document: DocumentNode;
}

function parsed(text: string): DocumentNode {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) throw new RequestFault('GRAPHQL_PARSE_FAILED', [error]);
    throw error;
  }
}

function documentOf(text: string, role: RoleSchema, limits: GraphqlLimits): DocumentNode {
  const known = role.documents.get(text);
  if (known) return known;
  tokensOf(text, limits);
  const document = parsed(text);
  const errors = validate(role.schema, document, undefined, { maxErrors: 20 });
  if (errors.length > 0) throw new RequestFault('GRAPHQL_VALIDATION_FAILED', errors);
  role.documents.set(text, document);
  return document;
}

/** What cannot be cut into tokens is a fault of syntax. */
function tokensOf(text: string, limits: GraphqlLimits): void {
  try {
    checkTokens(text, limits);
  } catch (error) {
    if (error instanceof GraphQLError) throw new RequestFault('GRAPHQL_PARSE_FAILED', [error]);
    throw error;
  }
}

function operationOf(document: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const named = name === undefined ? operations : operations.filter((one) => one.name?.value === name);
  const [operation] = named;
  if (operation && (name !== undefined || named.length === 1)) return operation;
  const message =
    name !== undefined
      ? `There is no operation "${name}" in the document`
      : operations.length === 0
        ? 'The document holds no operation'
        : 'The document holds several operations; say by "operationName" which one is meant';
  throw new RequestFault('OPERATION_RESOLUTION_FAILURE', [new GraphQLError(message)]);
}

/** The operation that is asked for. Throws RequestFault, and limit_exceeded by the guards. */
export function understand({ query, variables, operationName }: Asked, role: RoleSchema, limits: GraphqlLimits): Understood {
  const document = documentOf(query, role, limits);
  const node = operationOf(document, operationName);
  if (!role.schema.getRootType(node.operation)) {
    throw new RequestFault('GRAPHQL_VALIDATION_FAILED', [
      new GraphQLError(`There is no ${node.operation} that you may run`, { nodes: node }),
    ]);
  }
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments[one.name.value] = one;
  checkOperation(node, fragments, limits);
  const values = getVariableValues(role.schema, node.variableDefinitions ?? [], variables, { maxErrors: 20 });
  if (values.errors) throw new RequestFault('BAD_USER_INPUT', values.errors);
  return { document, schema: role.schema, fragments, variables: values.coerced, node };
}
