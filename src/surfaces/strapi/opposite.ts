/** `$not`: the opposite of a condition as SQL has it, where what is unknown of NULL stays unknown (S-63). */
import type { RequestedFilter } from '../../query/types.ts';
import type { Collection, Schema } from '../../schema/types.ts';

const flipped: Readonly<Record<string, string>> = { null: 'nnull', nnull: 'null' };

/** Rows of which the condition is known not to hold. Through a relation to one row that row is asked. */
export function opposite(schema: Schema, collection: Collection, filter: RequestedFilter): RequestedFilter {
  switch (filter.is) {
    case 'all':
      return { is: 'any', of: filter.of.map((one) => opposite(schema, collection, one)) };
    case 'any':
      return { is: 'all', of: filter.of.map((one) => opposite(schema, collection, one)) };
    case 'not':
      return filter.of;
    case 'compare': {
      const other = flipped[filter.operator];
      if (other !== undefined) return { ...filter, operator: other };
      return {
        is: 'all',
        of: [
          { is: 'not', of: filter },
          { is: 'compare', path: filter.path, operator: 'nnull', value: true },
        ],
      };
    }
    case 'each':
      return { is: 'not', of: filter };
    case 'related': {
      const relation = collection.relations.get(filter.relation);
      const target = relation && schema.collections.get(relation.to);
      if (relation?.kind !== 'm2o' || !target) return { is: 'not', of: filter };
      return { ...filter, where: opposite(schema, target, filter.where) };
    }
  }
}
