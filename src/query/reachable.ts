/** The relations that a request can mean, found without looking at all: a table that everything points at has thousands. */
import type { Collection, Relation } from '../schema/types.ts';

interface Index {
  /** Those in wildcards. */
  readonly listed: readonly Relation[];
  readonly indexes: ReadonlyMap<string, number>;
}

const indexes = new WeakMap<Collection, Index>();

function indexOf(collection: Collection): Index {
  let index = indexes.get(collection);
  if (!index) {
    const all = [...collection.relations.values()];
    index = { listed: all.filter((relation) => relation.listed), indexes: new Map(all.map(({ name }, i) => [name, i])) };
    indexes.set(collection, index);
  }
  return index;
}

/** The relations in wildcards, in the collection's order. */
export function listedRelations(collection: Collection): readonly Relation[] {
  return indexOf(collection).listed;
}

/** The relations in wildcards and those that are named, in the collection's order. */
export function reachableRelations(collection: Collection, named: { keys(): Iterable<string> }): readonly Relation[] {
  const { listed, indexes } = indexOf(collection);
  const more: Relation[] = [];
  for (const name of named.keys()) {
    const relation = collection.relations.get(name);
    if (relation && !relation.listed) more.push(relation);
  }
  if (more.length === 0) return listed;
  const index = ({ name }: Relation): number => indexes.get(name) ?? 0;
  return [...listed, ...more].sort((a, b) => index(a) - index(b));
}
