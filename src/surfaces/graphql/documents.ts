/** From a document that is valid to the operation that is asked for, with its variables coerced. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { RequestFault } from './errors.ts';
import { checkOperation } from './guards.ts';
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
  /** The document as it was sent. */
  readonly text: string;
  readonly document: DocumentNode;
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

/** The operation of a valid document that is asked for. Throws RequestFault, and limit_exceeded by the guards. */
export function understand(document: DocumentNode, asked: Asked, schema: GraphQLSchema, limits: GraphqlLimits): Understood {
  const node = operationOf(document, asked.operationName);
  if (!schema.getRootType(node.operation)) {
    throw new RequestFault('GRAPHQL_VALIDATION_FAILED', [
      new GraphQLError(`There is no ${node.operation} that you may run`, { nodes: node }),
    ]);
  }
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments[one.name.value] = one;
  checkOperation(node, fragments, limits);
  const values = getVariableValues(schema, node.variableDefinitions ?? [], asked.variables, { maxErrors: 20 });
  if (values.errors) throw new RequestFault('BAD_USER_INPUT', values.errors);
  return { text: asked.query, document, schema, fragments, variables: values.coerced, node };
}
