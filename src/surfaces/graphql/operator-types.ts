/** Operators of filters as GraphQL input: typed ones for `where`, and the flat `<field>_<operator>` of Directus 8 (directus8-system §23). */
import {
  GraphQLBoolean,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';
import { operatorOf } from '../../query/operators.ts';
import type { Field } from '../../schema/types.ts';
import { bytes, json } from './scalars.ts';
import type { FilterMeaning } from './types.ts';

export type InputFields = Record<string, GraphQLInputFieldConfig>;

/** An input field of that meaning. */
export function meant(type: GraphQLInputType, meaning: FilterMeaning, description?: string): GraphQLInputFieldConfig {
  return { type, extensions: { meaning }, ...(description === undefined ? {} : { description }) };
}

type Item = GraphQLLeafType | GraphQLInputObjectType;

/** A list without null in it. */
export const listOf = (type: Item): GraphQLList<GraphQLInputType> => new GraphQLList(new GraphQLNonNull(type));

const single = ['eq', 'neq', 'lt', 'lte', 'gt', 'gte'] as const;
const lists = ['in', 'nin', 'between', 'nbetween'] as const;
const texts = ['contains', 'ncontains', 'rlike', 'nrlike'] as const;

/** One pair of operators without an operand: true asks for the first, false for the second. */
const questions = { null: 'nnull', empty: 'nempty' } as const;

function flags(): InputFields {
  return Object.fromEntries(
    Object.entries(questions).map(([operator, opposite]) => [
      `_${operator}`,
      meant(GraphQLBoolean, { is: 'operator', operator, opposite }),
    ]),
  );
}

/** The operators of `where` on values of that type. */
export function operatorFields(leaf: GraphQLLeafType): InputFields {
  const fields: InputFields = {};
  const opaque = leaf === json;
  for (const operator of opaque ? [] : single) fields[`_${operator}`] = meant(leaf, { is: 'operator', operator });
  for (const operator of opaque ? [] : lists) fields[`_${operator}`] = meant(listOf(leaf), { is: 'operator', operator });
  const textual = leaf === GraphQLString || opaque;
  for (const operator of textual ? texts : []) fields[`_${operator}`] = meant(GraphQLString, { is: 'operator', operator });
  return { ...fields, ...flags() };
}

/** The name of that type; columns of points have operators of their own. */
export const operatorName = (leaf: string, points = false): string => `${leaf}${points ? 'Point' : ''}Operators`;

/** The input type of operators on values of a type. */
export function operatorType(leaf: GraphQLLeafType, points: boolean): GraphQLInputObjectType {
  const fields = () => ({ ...operatorFields(leaf), ...(points ? placeFields() : {}) });
  return new GraphQLInputObjectType({ name: operatorName(leaf.name, points), fields });
}

function placeFields(): InputFields {
  const placed = (type: GraphQLInputType, operator: string) => meant(type, { is: 'operator', operator }, operatorOf(operator).meaning);
  return { _near: placed(GraphQLString, 'near'), _within: placed(json, 'within'), _intersects: placed(json, 'intersects') };
}

/** Flat operators by the field's type. Lists stand in one text, with commas between. */
function flatOperators({ type, storage }: Field, leaf: GraphQLLeafType): readonly (readonly [operator: string, type: GraphQLInputType])[] {
  const typed = (...names: string[]) => names.map((name) => [name, leaf] as const);
  const text = (...names: string[]) => names.map((name) => [name, GraphQLString] as const);
  const asked = text('null', 'nnull', 'empty', 'nempty');
  if (leaf === json || leaf === bytes) return [...text('contains', 'ncontains'), ...asked];
  if (leaf === GraphQLBoolean) return [...typed('eq', 'neq'), ...text('null', 'nnull')];
  if (type === 'status') return [...typed('eq', 'neq'), ...text('in', 'nin'), ...asked];
  if (leaf !== GraphQLString && storage !== 'enum') return [...typed(...single), ...text(...lists), ...asked];
  return [...typed('eq', 'neq'), ...text(...lists, ...texts, 'lt', 'lte', 'gt', 'gte'), ...asked];
}

/** The flat filter's fields for one column. */
export function flatFields(as: string, field: Field, leaf: GraphQLLeafType): InputFields {
  const pairs = flatOperators(field, leaf).map(([operator, type]) => [
    `${as}_${operator}`,
    meant(type, { is: 'compare', name: field.name, operator }),
  ]);
  return Object.fromEntries(pairs);
}

/** The flat filter's fields for a relation to several rows. */
export function flatListFields(as: string, name: string): InputFields {
  const pairs = ['has', 'nhas', 'all', 'in', 'empty', 'nempty'].map((operator) => [
    `${as}_${operator}`,
    meant(GraphQLString, { is: 'compare', name, operator }),
  ]);
  return Object.fromEntries(pairs);
}
