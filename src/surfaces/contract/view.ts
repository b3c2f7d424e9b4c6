/** What documents about the interface are made of: what the caller may use, under names that nothing else has. */
import { isWritten, listsOf, type Reach, reachOf, readableFields, targetOf, type WriteAction, writesOf } from '../../access/reach.ts';
import type { Actor, Rules } from '../../access/types.ts';
import type { ProjectConfig } from '../../config/types.ts';
import type { ReadContext } from '../../engine/read.ts';
import { isHistory } from '../../schema/system.ts';
import type { Collection, Field, Relation } from '../../schema/types.ts';
import { listings } from '../directus/system.ts';
import { type CollectionNames, namesOf } from '../graphql/type-names.ts';

type Does = ReadonlySet<WriteAction>;

/** A collection with its address and what may be done with its rows. */
export interface Served {
  readonly collection: Collection;
  readonly names: CollectionNames;
  /** Below the project: `items/plants`, `users`. */
  readonly path: string;
  readonly read: boolean;
  readonly does: Does;
}

export interface View extends Reach {
  readonly rules: Rules;
  readonly actor: Actor;
  readonly key: string;
  readonly config: ProjectConfig;
  readonly who: 'public' | 'user' | 'administrator';
  /** By collection, those that have an address and of which something may be read or written. */
  readonly served: ReadonlyMap<string, Served>;
}

/** Bodies of these come in other forms, or rows are written by what happens. */
const unwritten: ReadonlySet<string> = new Set(['activity', 'revisions']);

const segments = new Map(Object.entries(listings).map(([segment, collection]) => [collection, segment]));

function pathOf({ name, system }: Collection): string | undefined {
  return system ? segments.get(name) : `items/${encodeURIComponent(name)}`;
}

/** What the caller of a request may use. `taken` are names of types that are not to be given to collections. */
export function viewOf(
  { schema, rules, actor }: Pick<ReadContext, 'schema' | 'rules' | 'actor'>,
  { key, config }: { readonly key: string; readonly config: ProjectConfig },
  taken: readonly string[],
): View {
  const reach = reachOf(schema, rules, actor);
  const found: Omit<Served, 'names'>[] = [];
  for (const collection of schema.collections.values()) {
    const path = pathOf(collection);
    const read = reach.readable.has(collection.name);
    const does: Does = path === undefined || unwritten.has(path) || isHistory(collection) ? new Set() : writesOf(reach, collection);
    if (path !== undefined && (read || does.size > 0)) found.push({ collection, path, read, does });
  }
  const names = namesOf(
    found.map(({ collection }) => collection),
    taken,
  );
  const served = new Map<string, Served>();
  for (const one of found) {
    const own = names.get(one.collection.name);
    if (own) served.set(one.collection.name, { ...one, names: own });
  }
  const who = actor.is === 'public' ? 'public' : reach.unlimited ? 'administrator' : 'user';
  return { ...reach, rules, actor, key, config, who, served };
}

/** Fields that may be read, with the collection whose rows stand in their place when they are expanded. */
export function readFields(view: View, collection: Collection): { readonly field: Field; readonly target?: Served | 'denied' }[] {
  return readableFields(view, collection).map((field) => {
    const relation = collection.relations.get(field.name);
    if (relation?.kind !== 'm2o') return { field };
    return { field, target: readTarget(view, relation) ?? 'denied' };
  });
}

function readTarget(view: View, relation: Relation): Served | undefined {
  const target = targetOf(view, relation);
  const served = target && view.served.get(target.name);
  return served?.read ? served : undefined;
}

/** Relations without a column whose rows may be read. */
export function readLists(view: View, collection: Collection): { readonly relation: Relation; readonly target: Served }[] {
  return listsOf(view, collection).flatMap(({ relation }) => {
    const target = readTarget(view, relation);
    return target ? [{ relation, target }] : [];
  });
}

/** Where rows of a relation may be written along with the row itself; those of the system are written so by administrators alone, but for new files. */
function writeTarget(view: View, relation: Relation): Served | undefined {
  const target = targetOf(view, relation);
  const served = target && view.served.get(target.name);
  const brings = relation.kind === 'm2o' && relation.field?.type === 'file' && served?.does.has('create');
  if (!served || (served.collection.system && !view.unlimited && !brings)) return undefined;
  return served.does.has('create') || served.does.has('update') ? served : undefined;
}

/** Fields that may be written in a row of some status, with the collection whose rows may be written along with it. */
export function writtenFields(view: View, collection: Collection): { readonly field: Field; readonly target?: Served }[] {
  const fields = [...collection.fields.values()].filter(
    ({ name, column }) => !column.generated && !column.identityAlways && isWritten(view, collection, name),
  );
  return fields.map((field) => {
    const relation = collection.relations.get(field.name);
    const target = relation?.kind === 'm2o' ? writeTarget(view, relation) : undefined;
    return { field, ...(target ? { target } : {}) };
  });
}

/** Relations without a column whose rows may be written along with the row. */
export function writtenLists(view: View, collection: Collection): { readonly relation: Relation; readonly target: Served }[] {
  return listsOf(view, collection).flatMap(({ relation }) => {
    if (relation.kind === 'm2m' || !isWritten(view, collection, relation.name)) return [];
    const target = writeTarget(view, relation);
    return target ? [{ relation, target }] : [];
  });
}
