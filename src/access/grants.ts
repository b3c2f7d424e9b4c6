/** What an actor may read of one collection: which rows, which fields, and which fields in some rows only. */
import { allOf, always, anyOf, compare, isNull, never, not } from '../query/filters.ts';
import type { Cut, Filter, Readable } from '../query/types.ts';
import { coerceOperand } from '../schema/field-types.ts';
import { ownership } from '../schema/system.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { historyGrant, type OtherRights } from './history.ts';
import type { Actor, Level, Permission, Rules } from './types.ts';

export interface ReadGrant {
  /** Rows in one of the statuses asked for; undefined is the default (nothing soft-deleted). */
  rows(statuses?: 'any' | readonly string[]): Filter;
  /** A field or a relation by its name: a blacklist may hold either. */
  field(named: Named): Readable;
  /** For a field or relation that is readable in some rows: those rows. */
  rowsOf(named: Named): Filter;
  /** By name, the fields of which only a part is shown. */
  cuts?: ReadonlyMap<string, Cut>;
  /** Whether it differs between users of one role. */
  personal: boolean;
  /** Which fields and relations are missing in which rows; the conditions exclude each other. */
  cases: readonly { when: Filter; hidden: ReadonlySet<string> }[];
}

/** What a blacklist can hide. */
export type Named = Pick<Field, 'name' | 'secret'>;

/** `field = value`, or nothing when the value cannot be one of the field's. */
function equals(field: Field, value: string): Filter {
  const operand = coerceOperand(field, value);
  return operand === undefined ? never : compare(field, 'eq', operand);
}

/** The rows in one of those statuses; every row where there are no statuses. */
export function inStatus(collection: Collection, values: readonly string[]): Filter {
  if (!collection.status) return always;
  const { field } = collection.status;
  const operands = values.flatMap((value) => coerceOperand(field, value) ?? []);
  return operands.length === 0 ? never : compare(field, 'in', ...operands);
}

/** The status condition of someone whose permissions do not depend on the status. */
function visibleStatuses(collection: Collection, statuses: 'any' | readonly string[] | undefined, softDeletedToo: boolean): Filter {
  const status = collection.status;
  if (!status) return always;
  const { softDeleted, values } = status.mapping;
  if (statuses === undefined)
    return inStatus(
      collection,
      values.filter((value) => !softDeleted.includes(value)),
    );
  // What the caller names is left to the database to compare: to a column of numbers `03` is 3, to many collations `ARCHIVED` is `archived`.
  if (statuses !== 'any') return allOf([inStatus(collection, statuses), softDeletedToo ? always : not(inStatus(collection, softDeleted))]);
  if (softDeletedToo || softDeleted.length === 0) return always;
  return anyOf([isNull(status.field), not(inStatus(collection, softDeleted))]);
}

/** Rows at a level, by owner (directus8-data §10.3, 10.10). Undefined: the collection has no owner to go by. */
export function ownRows(collection: Collection, level: Level, actor: Exclude<Actor, { is: 'system' }>, schema: Schema): Filter | undefined {
  if (level === 'full') return always;
  if (level === 'none') return never;
  const user = actor.is === 'user' ? actor.id : '0';
  const special = ownership[collection.name];
  if (special && collection.system) {
    const field = collection.fields.get(special.field);
    if (!field) return undefined;
    if (special.is === 'role') return equals(field, actor.role);
    const own = equals(field, user);
    return level === 'role' ? anyOf([own, sameRole(collection, field, actor.role, schema)]) : own;
  }
  if (!collection.owner) return undefined;
  const own = equals(collection.owner, user);
  return level === 'role' ? anyOf([own, sameRole(collection, collection.owner, actor.role, schema)]) : own;
}

/** Rows whose owner has that role now. */
function sameRole(collection: Collection, owner: Field, role: string, schema: Schema): Filter {
  const users = schema.collections.get('directus_users');
  const roleField = users?.fields.get('role');
  if (!users || !roleField) return never;
  if (collection === users) return equals(roleField, role);
  const relation = collection.relations.get(owner.name);
  if (relation?.kind !== 'm2o' || relation.to !== users.name) return never;
  return { is: 'some', relation, collection: users, where: equals(roleField, role) };
}

function everything(collection: Collection): ReadGrant {
  return {
    rows: (statuses) => visibleStatuses(collection, statuses, true),
    field: (field) => (field.secret === 'never' ? 'no' : 'yes'),
    rowsOf: () => always,
    personal: false,
    cases: [],
  };
}

/** Fields that a user sees on the own row only (directus8-data §14). */
function ownFields(collection: Collection): ReadonlySet<string> {
  const names = new Set<string>();
  for (const field of collection.fields.values()) {
    if (field.secret === 'own' || field.secret === 'masked') names.add(field.name);
  }
  return names;
}

interface RowClass {
  when: Filter;
  rows: Filter;
  hidden: ReadonlySet<string>;
}

/** Splits each class of rows in the caller's own and the others, where some fields are for the owner's eyes only. */
function splitByOwner(classes: readonly RowClass[], collection: Collection, actor: Exclude<Actor, { is: 'system' }>): RowClass[] {
  const own = ownFields(collection);
  const [key] = collection.key;
  if (own.size === 0 || !key) return [...classes];
  const mine = actor.is === 'user' ? equals(key, actor.id) : never;
  return classes.flatMap((one) => [
    { ...one, when: allOf([one.when, mine]) },
    { ...one, when: allOf([one.when, not(mine)]), hidden: new Set([...one.hidden, ...own]) },
  ]);
}

function grantOf(collection: Collection, classes: readonly RowClass[], levels: readonly Level[], rows: ReadGrant['rows']): ReadGrant {
  const field = (one: Named): 'yes' | 'some' | 'no' => {
    if (one.secret === 'never') return 'no';
    const hiding = classes.filter((rowClass) => rowClass.hidden.has(one.name)).length;
    return hiding === 0 ? 'yes' : hiding === classes.length ? 'no' : 'some';
  };
  return {
    rows,
    field,
    personal: ownFields(collection).size > 0 || levels.some((level) => level === 'mine' || level === 'role'),
    rowsOf: (one) => anyOf(classes.filter((rowClass) => !rowClass.hidden.has(one.name)).map((rowClass) => rowClass.when)),
    cases: classes
      .map(({ when, hidden }) => ({
        when,
        hidden: new Set([...hidden].filter((name) => collection.fields.has(name) || collection.relations.has(name))),
      }))
      .filter((rowClass) => rowClass.hidden.size > 0 && rowClass.when.is !== 'never'),
  };
}

/** One permission row for all rows. */
function globalGrant(
  collection: Collection,
  permission: Permission,
  actor: Exclude<Actor, { is: 'system' }>,
  schema: Schema,
): ReadGrant | undefined {
  if (permission.read === 'none') return undefined;
  const rows = ownRows(collection, permission.read, actor, schema);
  if (!rows && !collection.status) return undefined;
  const classes = splitByOwner([{ when: always, rows: always, hidden: new Set(permission.readBlacklist) }], collection, actor);
  return grantOf(collection, classes, [permission.read], (statuses) =>
    allOf([rows ?? never, visibleStatuses(collection, statuses, false)]),
  );
}

/** One permission row for each status; a status without one is not readable (directus8-data §10.2, §15). */
function workflowGrant(
  collection: Collection,
  byStatus: ReadonlyMap<string, Permission>,
  actor: Exclude<Actor, { is: 'system' }>,
  schema: Schema,
): ReadGrant | undefined {
  const status = collection.status;
  if (!status) return undefined;
  const readable = new Map<string, RowClass>();
  for (const value of status.mapping.values) {
    const permission = byStatus.get(value);
    if (!permission || permission.read === 'none') continue;
    const when = equals(status.field, value);
    const rows = allOf([when, ownRows(collection, permission.read, actor, schema) ?? never]);
    readable.set(value, { when, rows, hidden: new Set(permission.readBlacklist) });
  }
  if (readable.size === 0) return undefined;
  const { softDeleted } = status.mapping;
  const levels = [...byStatus.values()].map((permission) => permission.read);
  return grantOf(collection, splitByOwner([...readable.values()], collection, actor), levels, (statuses) => {
    const wanted = [...readable].filter(([value]) => {
      if (statuses === undefined) return !softDeleted.includes(value);
      return statuses === 'any' || statuses.includes(value);
    });
    return anyOf(wanted.map(([, rowClass]) => rowClass.rows));
  });
}

/** The grant, or undefined when the actor may read nothing of the collection. */
export function readGrant(collection: Collection, rules: Rules, actor: Actor, schema: Schema): ReadGrant | undefined {
  const grant = ownGrant(collection, rules, actor, schema);
  return grant && historyGrant(grant, collection, otherRights(rules, actor, schema));
}

/** What the rules of history are made of. */
export function otherRights(rules: Rules, actor: Actor, schema: Schema): OtherRights {
  return { rules, actor, schema, grantOf: (other) => ownGrant(other, rules, actor, schema) };
}

/** By the permissions on the collection alone. */
function ownGrant(collection: Collection, rules: Rules, actor: Actor, schema: Schema): ReadGrant | undefined {
  if (actor.is === 'system' || (actor.is === 'user' && actor.admin)) return everything(collection);
  const granted = rules.roles.get(actor.role)?.collections.get(collection.name);
  if (!granted) return undefined;
  return granted.mode === 'global'
    ? globalGrant(collection, granted.permission, actor, schema)
    : workflowGrant(collection, granted.byStatus, actor, schema);
}
