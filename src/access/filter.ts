/** The rules of filters: of every collection that one steps into, and of every field that it looks at. */
import { GatewayError } from '../lib/errors.ts';
import { allOf, anyOf, never } from '../query/filters.ts';
import type { Filter } from '../query/types.ts';
import type { Collection, Field } from '../schema/types.ts';
import { authoriseRelation, type Guard, narrow } from './guard.ts';

/** The fields of which a text index tells something; one that is asked about single fields, of those alone. */
function asksAbout({ index, fields }: Extract<Filter, { is: 'words' }>): readonly Field[] {
  return index.form.is === 'fts5' || index.form.is === 'trigram' ? fields : index.fields;
}

/** Adds the rules of every collection a filter steps into, and refuses or narrows conditions on fields that are not readable. */
export function authoriseFilter(filter: Filter, collection: Collection, guard: Guard): Filter {
  switch (filter.is) {
    case 'all':
      return allOf(filter.of.map((part) => authoriseFilter(part, collection, guard)));
    case 'any':
      return anyOf(filter.of.map((part) => authoriseFilter(part, collection, guard)));
    case 'not':
      return { is: 'not', of: authoriseFilter(filter.of, collection, guard) };
    case 'always':
    case 'never':
    case 'each':
    case 'byValue':
    case 'named':
      return filter;
    case 'some':
    case 'count': {
      const grant = guard.grant(filter.collection);
      if (!grant) throw new GatewayError('related_denied', { field: filter.relation.name });
      const related = authoriseRelation(filter.relation, guard);
      if (!related) throw new GatewayError('unknown_path', { field: filter.relation.name });
      const { own, target, through } = related;
      const where = allOf([authoriseFilter(filter.where, filter.collection, guard), grant.rows(), target]);
      return allOf([{ ...filter, where, ...(through ? { through } : {}) }, own]);
    }
    case 'among':
      return { ...filter, of: authoriseFilter(filter.of, collection, guard), where: authoriseFilter(filter.where, collection, guard) };
    case 'words':
      return narrow(asksAbout(filter), collection, guard).is === 'always' ? filter : never;
    default:
      return allOf([filter, narrow([filter.field], collection, guard)]);
  }
}
