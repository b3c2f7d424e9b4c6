/** What authorising one query needs to know of collections, relations and fields. */
import { GatewayError } from '../lib/errors.ts';
import { allOf, always } from '../query/filters.ts';
import type { Filter, Visibility } from '../query/types.ts';
import type { Collection, Field, Relation, Schema } from '../schema/types.ts';
import { type ReadGrant, readGrant } from './grants.ts';
import { hidden, sidesOf, tiedRows } from './relations.ts';
import type { Actor, Rules } from './types.ts';

/** The grants of one actor. */
export interface Guard {
  readonly schema: Schema;
  grant(collection: Collection): ReadGrant | undefined;
  grantOf(name: string): ReadGrant | undefined;
  /** Whether what was asked of it so far differs between users of one role. */
  personal(): boolean;
}

/** The grants of one actor under one version of schema and rules, each worked out once. */
export function guardOf(schema: Schema, rules: Rules, actor: Actor): Guard {
  const grants = new Map<Collection, ReadGrant | undefined>();
  const grant = (collection: Collection): ReadGrant | undefined => {
    if (!grants.has(collection)) grants.set(collection, readGrant(collection, rules, actor, schema));
    return grants.get(collection);
  };
  const grantOf = (name: string): ReadGrant | undefined => {
    const collection = schema.collections.get(name);
    return collection && grant(collection);
  };
  return { schema, grant, grantOf, personal: () => [...grants.values()].some((one) => one?.personal) };
}

/** What the actor may name. */
export function visibilityOf({ grant, grantOf }: Guard): Visibility {
  return {
    collection: (collection) => grant(collection) !== undefined,
    field: (field) => grantOf(field.collection)?.field(field) ?? 'no',
    relation: (relation) => !hidden(relation, sidesOf(relation, grantOf)),
  };
}

/** The grant on a collection. Throws `read_denied` without one. */
export function demand(collection: Collection, guard: Guard): ReadGrant {
  const grant = guard.grant(collection);
  if (!grant) throw new GatewayError('read_denied', { collection: collection.name });
  return grant;
}

/**
 * The rules of a relation beside those of its target: rows of a junction that may not be read lead nowhere, and neither side shows
 * which rows belong together where a column that ties them is hidden. Undefined: it does not exist for the actor.
 */
export function authoriseRelation(relation: Relation, guard: Guard): { own: Filter; target: Filter; through?: Filter } | undefined {
  const sides = sidesOf(relation, guard.grantOf);
  if (hidden(relation, sides)) return undefined;
  const { own, target, through } = tiedRows(relation, sides);
  if (relation.kind !== 'm2m') return { own, target };
  if (!sides.through) throw new GatewayError('read_denied', { collection: relation.through });
  return { own, target, through: allOf([sides.through.rows(), through]) };
}

/** The rows in which all these fields are readable. Throws `unknown_field` for one that never is. */
export function narrow(fields: readonly Field[], collection: Collection, guard: Guard): Filter {
  const grant = demand(collection, guard);
  return allOf(
    fields.map((field) => {
      const readable = grant.field(field);
      if (readable === 'yes' && field.secret !== 'masked') return always;
      if (readable === 'some' && field.secret !== 'masked') return grant.rowsOf(field);
      // A key is compared by our own code when an item is asked for by id, whatever the blacklist says.
      if (field.primaryKey && !field.secret) return always;
      throw new GatewayError('unknown_field', { field: field.name, collection: collection.name });
    }),
  );
}
