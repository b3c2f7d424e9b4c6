/** The GraphQL schema of a caller in the schema language. */
import { type GraphQLNamedType, isIntrospectionType, isSpecifiedScalarType, printType } from 'graphql';
import type { Sliced } from '../../lib/slices.ts';
import type { State } from '../graphql/parts.ts';
import { buildRoleSchema } from '../graphql/role-schema.ts';

const shown = (type: GraphQLNamedType): boolean => !isSpecifiedScalarType(type) && !isIntrospectionType(type);

/** Of a schema that is made for it and let go: printed, all of its types are looked into, which takes more memory than their text. */
export function* sdlText(state: State): Sliced<string> {
  const schema = buildRoleSchema(state);
  const texts: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!shown(type)) continue;
    yield;
    texts.push(printType(type));
  }
  return `${texts.join('\n\n')}\n`;
}
