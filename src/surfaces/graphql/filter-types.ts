/** The filters of a collection as input types: the flat one of Directus 8, and the typed one. */

import { GraphQLID } from 'graphql';
import { isCompared } from '../../access/reach.ts';
import { graphqlName } from '../../schema/names.ts';
import { pointForm } from '../../schema/points.ts';
import type { Collection } from '../../schema/types.ts';
import { isTextList, referenceScalar } from './field-scalars.ts';
import { flatFields, flatListFields, type InputFields, listOf, meant, operatorFields } from './operator-types.ts';
import { described, type Parts } from './parts.ts';

/** `<field>_<operator>`, all of which must hold, with `and` and `or`. A name that a field has already stays the field's. */
export function flatFilter(collection: Collection, parts: Parts): InputFields {
  const self = listOf(parts.input(collection.name, 'Filter'));
  const fields: InputFields = { and: meant(self, { is: 'all' }), or: meant(self, { is: 'any' }) };
  for (const relation of collection.relations.values()) {
    if (relation.kind === 'm2o' || !parts.target(relation)) continue;
    Object.assign(fields, flatListFields(graphqlName(relation.name), relation.name));
  }
  for (const field of collection.fields.values()) {
    if (isCompared(parts, field))
      Object.assign(fields, flatFields(graphqlName(field.name), field, referenceScalar(field, parts.leaf(field))));
  }
  return fields;
}

/** A field of `where` for each column and relation, with `_and`, `_or` and `_not`. */
export function typedFilter(collection: Collection, parts: Parts): InputFields {
  const self = parts.input(collection.name, 'Where');
  const fields: InputFields = {};
  for (const field of collection.fields.values()) {
    if (!isCompared(parts, field)) continue;
    const leaf = parts.leaf(field);
    const type = parts.operators(isTextList(field) ? parts.leaf({ ...field, type: 'string' }) : leaf, pointForm(field) !== undefined);
    fields[graphqlName(field.name)] = { ...meant(type, { is: 'field', name: field.name }), ...described(field.name) };
  }
  for (const relation of collection.relations.values()) {
    const target = parts.target(relation);
    if (!target) continue;
    const column = collection.fields.get(relation.name);
    if (column && !isCompared(parts, column)) continue;
    const type = parts.input(target.name, relation.kind === 'm2o' ? 'WhereOne' : 'WhereMany');
    fields[graphqlName(relation.name)] = { ...meant(type, { is: 'relation', name: relation.name }), ...described(relation.name) };
  }
  fields['_and'] = meant(listOf(self), { is: 'all' });
  fields['_or'] = meant(listOf(self), { is: 'any' });
  fields['_not'] = meant(self, { is: 'not' });
  return fields;
}

/** What is asked of the one row that a relation leads to, or of its key. */
export function toOneFilter(collection: Collection, parts: Parts): InputFields {
  const where = parts.input(collection.name, 'Where');
  const { _contains, _ncontains, _rlike, _nrlike, ...keys } = operatorFields(GraphQLID);
  return {
    ...keys,
    _is: meant(where, { is: 'quantifier', quantifier: 'some' }, 'The row is there and matches.'),
    _is_not: meant(where, { is: 'quantifier', quantifier: 'none' }, 'There is no row that matches.'),
  };
}

/** What is asked of the rows that a relation leads to. */
export function toManyFilter(collection: Collection, parts: Parts): InputFields {
  const where = parts.input(collection.name, 'Where');
  return {
    _some: meant(where, { is: 'quantifier', quantifier: 'some' }, 'One row or more match.'),
    _none: meant(where, { is: 'quantifier', quantifier: 'none' }, 'No row matches.'),
    _every: meant(where, { is: 'quantifier', quantifier: 'every' }, 'All rows match; true where there are none.'),
  };
}
