/**
 * The rules of history (directus8-data §12.3): activity and revisions speak of rows and fields of other collections, so they are read
 * as far as those are. Administrators see all of it but what nobody is ever shown.
 */
import { allOf, anyOf, compare, never } from '../query/filters.ts';
import type { Cut, Filter } from '../query/types.ts';
import { isHistory } from '../schema/system.ts';
import type { Collection, Schema } from '../schema/types.ts';
import type { ReadGrant } from './grants.ts';
import { type Right, readablePart, withoutSecrets } from './snapshots.ts';
import type { Actor, Rules } from './types.ts';

/** What the rules of one collection's history are made of: the rights on all the others. */
export interface OtherRights {
  readonly schema: Schema;
  readonly rules: Rules;
  readonly actor: Actor;
  /** By the permissions on that collection. */
  grantOf(collection: Collection): ReadGrant | undefined;
}

/** The grant as it is for every other collection, and with the rules of history for those two. */
export function historyGrant(grant: ReadGrant, collection: Collection, others: OtherRights): ReadGrant {
  const { actor } = others;
  if (!isHistory(collection) || actor.is === 'system') return grant;
  const revisions = collection.name === 'directus_revisions';
  if (actor.is === 'user' && actor.admin) return revisions ? { ...grant, cuts: secretCuts(collection, others.schema) } : grant;
  if (!revisions && readsOwnOnly(collection, others)) return grant;
  const rights = new Map(collectionsOf(others));
  const cuts = revisions ? revisionCuts(collection, rights) : undefined;
  const visible = visibleRows(collection, others);
  return {
    ...grant,
    rows: (statuses) => allOf([grant.rows(statuses), visible]),
    field(named) {
      const readable = grant.field(named);
      return readable === 'yes' && cuts?.has(named.name) ? 'cut' : readable;
    },
    personal: grant.personal || [...rights.values()].some((one) => one.grant.personal),
    ...(cuts ? { cuts } : {}),
  };
}

/** What somebody did is told to that one anyway. */
function readsOwnOnly({ name }: Collection, { rules, actor }: OtherRights): boolean {
  const granted = actor.is === 'user' ? rules.roles.get(actor.role)?.collections.get(name) : undefined;
  return granted?.mode === 'global' && granted.permission.read === 'mine';
}

/** The collections of which the role may read anything, but history itself. */
function* collectionsOf({ schema, rules, actor, grantOf }: OtherRights): Iterable<[string, Right]> {
  const names = actor.is === 'system' ? [] : (rules.roles.get(actor.role)?.collections.keys() ?? []);
  for (const name of names) {
    const collection = schema.collections.get(name);
    const grant = collection && !isHistory(collection) ? grantOf(collection) : undefined;
    if (collection && grant) yield [name, { collection, grant }];
  }
}

/** The entries that may be read; of activity also those of what the caller did. */
export function visibleRows(history: Collection, others: OtherRights): Filter {
  const rows = readableRows(history, others);
  const by = history.name === 'directus_activity' ? history.fields.get('action_by') : undefined;
  return by && others.actor.is === 'user' ? anyOf([compare(by, 'exact', others.actor.id), rows]) : rows;
}

/**
 * Entries of activity or revisions about rows that may be read. Those about rows which are gone are left where nothing is asked of a
 * row of that collection.
 */
function readableRows(history: Collection, others: OtherRights): Filter {
  const field = history.fields.get('collection');
  if (!field) return never;
  const of = new Map<string, Filter>();
  for (const [name, { collection, grant }] of collectionsOf(others)) of.set(name, namedRow(history, collection, grant.rows()));
  return { is: 'byValue', field, of };
}

/** The entry is about a row of the collection that matches. */
export function namedRow(history: Collection, collection: Collection, where: Filter): Filter {
  const item = history.fields.get('item');
  if (where.is === 'always' || where.is === 'never') return where;
  return item && collection.key.length > 0 ? { is: 'named', item, collection, where } : never;
}

/**
 * What the rows' rules come to where the query asks for one value of the field that they depend on: the database need not be told of
 * all the other collections then.
 */
export function pinned(rows: Filter, where: Filter): Filter {
  if (rows.is === 'all') return allOf(rows.of.map((part) => pinned(part, where)));
  if (rows.is === 'any') return anyOf(rows.of.map((part) => pinned(part, where)));
  if (rows.is !== 'byValue') return rows;
  const value = soughtValue(rows.field.name, where);
  return value === undefined ? rows : allOf([compare(rows.field, 'exact', value), rows.of.get(value) ?? never]);
}

function soughtValue(name: string, where: Filter): string | undefined {
  if (where.is === 'all') {
    for (const part of where.of) {
      const value = soughtValue(name, part);
      if (value !== undefined) return value;
    }
  }
  if (where.is !== 'compare' || where.field.name !== name || (where.operator !== 'eq' && where.operator !== 'exact')) return undefined;
  const [value] = where.values;
  return typeof value === 'string' ? value : undefined;
}

const snapshots = ['data', 'delta'] as const;

/** Snapshots hold what may be read of every row of their collection; whose child a row is, is told where all parents may be read. */
function revisionCuts(revisions: Collection, rights: ReadonlyMap<string, Right>): ReadonlyMap<string, Cut> {
  const cuts = new Map<string, Cut>();
  const [of, parent] = [revisions.fields.get('collection'), revisions.fields.get('parent_collection')];
  for (const name of snapshots) {
    const rest = (collection: string, json: string): string => readablePart(json, rights.get(collection));
    if (of) cuts.set(name, { of, rest });
  }
  for (const name of ['parent_collection', 'parent_item']) {
    const visible = (right: Right | undefined): boolean =>
      name === 'parent_item' ? right?.grant.rows().is === 'always' : right !== undefined;
    if (parent) cuts.set(name, { of: parent, rest: (collection, json) => (visible(rights.get(collection)) ? json : 'null') });
  }
  return cuts;
}

function secretCuts(revisions: Collection, schema: Schema): ReadonlyMap<string, Cut> {
  const of = revisions.fields.get('collection');
  const rest = (collection: string, json: string): string => withoutSecrets(json, collection, schema);
  return new Map(of ? snapshots.map((name) => [name, { of, rest }]) : []);
}
