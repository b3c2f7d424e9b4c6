/** Selections of a document: what stands under which key once fragments and directives are looked at. */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  type OperationDefinitionNode,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import type { Coerced } from './to-filter.ts';

/** One operation, and what its fields are read with. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Coerced;
  readonly node: OperationDefinitionNode;
}

/** A key of the answer, and what is to stand under it. */
export interface Selected {
  readonly key: string;
  readonly name: string;
  /** One for each place in which the document names it; their selections are one. */
  readonly nodes: readonly FieldNode[];
  /** Undefined for `__typename`. */
  readonly field: GraphQLField<unknown, unknown> | undefined;
}

function selectedOf(type: GraphQLObjectType, found: ReadonlyMap<string, readonly FieldNode[]>): Selected[] {
  const fields = type.getFields();
  return [...found].map(([key, nodes]) => {
    const name = nodes[0]?.name.value ?? '';
    return { key, name, nodes, field: fields[name] };
  });
}

/** What an operation asks for at its root. */
export function rootSelections({ schema, fragments, variables, node }: Operation, type: GraphQLObjectType): Selected[] {
  return selectedOf(type, collectFields(schema, { ...fragments }, { ...variables }, type, node.selectionSet));
}

/** What is asked for of an object that stands there. */
export function selectionsOf({ schema, fragments, variables }: Operation, type: GraphQLObjectType, { nodes }: Selected): Selected[] {
  return selectedOf(type, collectSubfields(schema, { ...fragments }, { ...variables }, type, [...nodes]));
}

/** The values of its arguments. Throws GraphQLError for what is none of their types. */
export function argumentsOf({ variables }: Operation, { field, nodes }: Selected): Coerced {
  const [node] = nodes;
  return field && node ? getArgumentValues(field, node, { ...variables }) : {};
}
