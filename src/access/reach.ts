/** What an actor may read and write of every collection, whatever the rows: what the descriptions of an interface are made of. */
import { isComparable } from '../query/comparable.ts';
import type { Visibility } from '../query/types.ts';
import type { Collection, Field, Relation, Schema } from '../schema/types.ts';
import { guardOf, visibilityOf } from './guard.ts';
import type { Actor, CollectionRules, Rules } from './types.ts';
import { type Writer, writerOf } from './write.ts';

export type WriteAction = 'create' | 'update' | 'delete';

export interface Reach {
  readonly schema: Schema;
  readonly visible: Visibility;
  readonly writer: Writer;
  /** Everything may be read and written. */
  readonly unlimited: boolean;
  /** Those that may be read, and of which something may be. */
  readonly readable: ReadonlyMap<string, Collection>;
  /** Undefined where nothing is granted, and where everything is. */
  rulesOf(collection: Collection): CollectionRules | undefined;
}

/** The reach of an actor under one version of schema and rules. Users of one role have the same. */
export function reachOf(schema: Schema, rules: Rules, actor: Actor): Reach {
  const visible = visibilityOf(guardOf(schema, rules, actor));
  const readable = new Map<string, Collection>();
  for (const [name, collection] of schema.collections) {
    if (visible.collection(collection) && readableFields({ visible }, collection).length > 0) readable.set(name, collection);
  }
  const unlimited = actor.is === 'system' || (actor.is === 'user' && actor.admin);
  const granted = actor.is === 'system' || unlimited ? undefined : rules.roles.get(actor.role)?.collections;
  const rulesFor = ({ name }: Collection): CollectionRules | undefined => granted?.get(name);
  return { schema, visible, writer: writerOf(schema, rules, actor), unlimited, readable, rulesOf: rulesFor };
}

/** Fields of a collection that may be read in some row. */
export function readableFields({ visible }: Pick<Reach, 'visible'>, collection: Collection): Field[] {
  return [...collection.fields.values()].filter((field) => field.secret !== 'never' && visible.field(field) !== 'no');
}

/** Whether rows may be found, sorted and grouped by the field. */
export function isCompared({ visible }: Pick<Reach, 'visible'>, field: Field): boolean {
  return field.secret === undefined && isComparable(visible.field(field));
}

/** Whether a value is there in every row that may be read. JSON that is none reads as null. */
export function isAlwaysThere({ visible }: Pick<Reach, 'visible'>, collection: Collection, field: Field): boolean {
  const certain = !field.column.nullable && field.secret === undefined && visible.field(field) === 'yes';
  return certain && collection.kind === 'table' && field.type !== 'json' && field.storage !== 'json';
}

/** Where a relation leads, for those that may be followed. */
export function targetOf({ visible, readable }: Pick<Reach, 'visible' | 'readable'>, relation: Relation): Collection | undefined {
  if (relation.kind === 'm2m' && !readable.has(relation.through)) return undefined;
  return visible.relation(relation) ? readable.get(relation.to) : undefined;
}

/** The relations of a collection that have no column of their own and may be followed, with where they lead. */
export function listsOf(reach: Pick<Reach, 'visible' | 'readable'>, collection: Collection): { relation: Relation; target: Collection }[] {
  return [...collection.relations.values()].flatMap((relation) => {
    const target = collection.fields.has(relation.name) ? undefined : targetOf(reach, relation);
    return target ? [{ relation, target }] : [];
  });
}

/** Statuses that may stand in a row that is written: it may be left out, be NULL, or be one of the mapping's. */
function statusesOf(collection: Collection, byStatus: boolean): readonly (string | null | undefined)[] {
  return [undefined, null, ...(byStatus ? (collection.status?.mapping.values ?? []) : [])];
}

/** What may be done with rows of a collection, whatever the rows. */
export function writesOf({ writer }: Pick<Reach, 'writer'>, collection: Collection): Set<WriteAction> {
  const does = new Set<WriteAction>();
  const grant = collection.updatable ? writer.find(collection) : undefined;
  if (!grant) return does;
  if (statusesOf(collection, grant.byStatus).some((status) => grant.creates(status))) does.add('create');
  if (collection.key.length === 0) return does;
  for (const action of ['update', 'delete'] as const) if (grant.rows(action).is !== 'never') does.add(action);
  return does;
}

/** Whether the name may be written in a row of some status. */
export function isWritten({ writer }: Pick<Reach, 'writer'>, collection: Collection, name: string): boolean {
  const grant = writer.find(collection);
  if (!grant) return false;
  return statusesOf(collection, grant.byStatus).some((status) => status !== null && grant.forbidden([name], status) === undefined);
}

/** The statuses of the mapping that rows which may be read can have. */
export function readStatuses({ unlimited, rulesOf }: Pick<Reach, 'unlimited' | 'rulesOf'>, collection: Collection): readonly string[] {
  const { values = [], softDeleted = [] } = collection.status?.mapping ?? {};
  const rules = rulesOf(collection);
  if (unlimited || !rules) return unlimited ? values : [];
  if (rules.mode === 'global') return values.filter((value) => !softDeleted.includes(value));
  return values.filter((value) => (rules.byStatus.get(value)?.read ?? 'none') !== 'none');
}

/** The statuses of the mapping that a row may be given, when it is made or when it is changed. */
export function writtenStatuses({ writer }: Pick<Reach, 'writer'>, collection: Collection): readonly string[] {
  const { values = [] } = collection.status?.mapping ?? {};
  const grant = writer.find(collection);
  if (!grant) return [];
  const from = [undefined, ...values];
  return values.filter((value) => grant.creates(value) || from.some((status) => grant.chooses(value, status)));
}

/** Whether a row is not made without one of the statuses. */
export function needsStatus({ writer }: Pick<Reach, 'writer'>, collection: Collection): boolean {
  const grant = writer.find(collection);
  return grant?.byStatus === true && !grant.creates(undefined);
}
