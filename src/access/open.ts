/** Whether numbers about all the rows that a query looks at tell the caller nothing that may not be read. */
import type { Filter, Open, ReadQuery } from '../query/types.ts';
import type { Collection } from '../schema/types.ts';
import type { Guard } from './guard.ts';
import { sidesOf } from './relations.ts';

const closed: Open = { rows: false, filter: false };

/** What lies open of a bound query that counts. */
export function openTo(query: ReadQuery, guard: Guard): Open {
  const { filtered, total, byStatus } = query.counts;
  if (!filtered && !total && !byStatus) return closed;
  // What is counted within something is not told by numbers about all rows.
  const rows = query.within === undefined && allRows(guard, query.collection);
  return { rows, filter: rows && isOpen(query.where, query.collection, guard) };
}

function allRows(guard: Guard, collection: Collection): boolean {
  return guard.grant(collection)?.rows('any').is === 'always';
}

function isOpen(filter: Filter, collection: Collection, guard: Guard): boolean {
  switch (filter.is) {
    case 'always':
    case 'never':
    case 'each':
      return true;
    case 'all':
    case 'any':
      return filter.of.every((part) => isOpen(part, collection, guard));
    case 'among':
      return isOpen(filter.of, collection, guard) && isOpen(filter.where, collection, guard);
    case 'words':
      return filter.fields.every((field) => guard.grant(collection)?.field(field) === 'yes');
    case 'not':
      return isOpen(filter.of, collection, guard);
    // Made of rules only.
    case 'byValue':
    case 'named':
      return false;
    case 'some':
    case 'count': {
      const { through } = sidesOf(filter.relation, guard.grantOf);
      if (filter.relation.kind === 'm2m' && through?.rows('any').is !== 'always') return false;
      return allRows(guard, filter.collection) && isOpen(filter.where, filter.collection, guard);
    }
    default:
      return guard.grant(collection)?.field(filter.field) === 'yes';
  }
}
