/** What of a relation must be readable before anything can be learned through it: its name and the columns that tie its two sides. */

import { isComparable } from '../query/comparable.ts';
import { allOf, always } from '../query/filters.ts';
import type { Filter } from '../query/types.ts';
import type { Field, Relation } from '../schema/types.ts';
import type { Named, ReadGrant } from './grants.ts';

/** On a relation's own side. A column that only holds the row's key is exempt, since rows are addressed by it anyway. */
export function leading(relation: Relation): readonly Named[] {
  const own = (relation.kind === 'm2m' ? relation.near : relation.join).map((pair) => pair.from);
  return [{ name: relation.name }, ...(relation.kind === 'm2o' ? own : withoutKeys(own))];
}

/** On the other side: whoever sees which rows a list holds has read the column of those rows that points back. */
function landing(relation: Relation): readonly Field[] {
  if (relation.kind === 'm2m') return withoutKeys(relation.far.map((pair) => pair.to));
  const there = relation.join.map((pair) => pair.to);
  return relation.kind === 'm2o' ? withoutKeys(there) : there;
}

/** In the table between the two sides of a m2m. */
function passing(relation: Relation): readonly Field[] {
  return relation.kind === 'm2m' ? [...relation.near.map((pair) => pair.to), ...relation.far.map((pair) => pair.from)] : [];
}

function withoutKeys(fields: readonly Field[]): readonly Field[] {
  return fields.filter((field) => !field.primaryKey);
}

/** Where a relation leads for one actor; a side without a grant is undefined. */
export interface Sides {
  readonly own: ReadGrant | undefined;
  readonly target: ReadGrant | undefined;
  readonly through: ReadGrant | undefined;
}

/** Looks the grants of a relation's sides up by collection name. */
export function sidesOf(relation: Relation, grantOf: (name: string) => ReadGrant | undefined): Sides {
  return {
    own: grantOf(relation.collection),
    target: grantOf(relation.to),
    through: relation.kind === 'm2m' ? grantOf(relation.through) : undefined,
  };
}

const hides = (grant: ReadGrant | undefined, names: readonly Named[]): boolean =>
  names.some((named) => named.secret !== undefined || (grant !== undefined && !isComparable(grant.field(named))));

/** Whether some column, or the name, can be read in no row: then the relation does not exist for the actor. */
export function hidden(relation: Relation, sides: Sides): boolean {
  return hides(sides.own, leading(relation)) || hides(sides.target, landing(relation)) || hides(sides.through, passing(relation));
}

/** The rows of each side in which everything that ties them can be read. */
export function tiedRows(relation: Relation, sides: Sides): { own: Filter; target: Filter; through: Filter } {
  const rows = (grant: ReadGrant | undefined, names: readonly Named[]): Filter =>
    allOf(names.map((named) => (grant?.field(named) === 'some' ? grant.rowsOf(named) : always)));
  return {
    own: rows(sides.own, leading(relation)),
    target: rows(sides.target, landing(relation)),
    through: rows(sides.through, passing(relation)),
  };
}
