/** What an actor may write of one collection: which rows, in which statuses, which fields (directus8-data §10.5, §10.6). */
import { GatewayError } from '../lib/errors.ts';
import { allOf, always, anyOf, isNull, never, not } from '../query/filters.ts';
import type { Filter } from '../query/types.ts';
import { defaultText } from '../schema/default-text.ts';
import type { Collection, Schema } from '../schema/types.ts';
import { isForAdministrators, notAdministrators } from './administrators.ts';
import { inStatus, ownRows } from './grants.ts';
import type { Action, Actor, CollectionRules, Permission, Rules } from './types.ts';

export interface WriteGrant {
  /** Whether the status of a row decides which rules hold. */
  readonly byStatus: boolean;
  /** Whether a row may be made with that status; null where it is given as NULL, undefined where it is left to the column. */
  creates(status: string | null | undefined): boolean;
  /** The rows, as they are before, that may be changed or deleted. */
  rows(action: 'update' | 'delete'): Filter;
  /** The first of the names that may not be written in a row of that status. */
  forbidden(names: Iterable<string>, status: string | null | undefined): string | undefined;
  /** Whether that status may be chosen for a row of `from`. */
  chooses(status: string, from: string | null | undefined): boolean;
  /** Whether the change must come with a comment. */
  demandsComment(action: 'create' | 'update' | 'delete', status: string | null | undefined): boolean;
}

const everything: WriteGrant = {
  byStatus: false,
  creates: () => true,
  rows: () => always,
  forbidden: () => undefined,
  chooses: () => true,
  demandsComment: () => false,
};

function explains({ explain }: Permission, action: 'create' | 'update' | 'delete'): boolean {
  return explain === 'always' || (explain !== null && explain !== 'none' && explain === action);
}

type Caller = Exclude<Actor, { is: 'system' }>;

/** The permission of one of several statuses decides; a status without one is not granted (directus8-data §10.2, §15). */
function permissionFor(rules: CollectionRules, collection: Collection, status: string | null | undefined): Permission | undefined {
  if (rules.mode === 'global') return rules.permission;
  const field = collection.status?.field;
  const own = status === undefined && field ? defaultText(field) : status;
  return own === undefined || own === null ? undefined : rules.byStatus.get(own);
}

/** Nobody but an administrator changes what is soft-deleted. */
export function notDeleted(collection: Collection): Filter {
  const { status } = collection;
  if (!status || status.mapping.softDeleted.length === 0) return always;
  return anyOf([isNull(status.field), not(inStatus(collection, status.mapping.softDeleted))]);
}

function rowsOf(rules: CollectionRules, action: Action, collection: Collection, actor: Caller, schema: Schema): Filter {
  const others = notAdministrators(collection);
  const at = (permission: Permission): Filter => allOf([ownRows(collection, permission[action], actor, schema) ?? never, others]);
  if (rules.mode === 'global') return allOf([at(rules.permission), action === 'update' ? notDeleted(collection) : always]);
  if (!collection.status) return never;
  const { softDeleted } = collection.status.mapping;
  const granted = [...rules.byStatus].filter(([value]) => action !== 'update' || !softDeleted.includes(value));
  return anyOf(granted.map(([value, permission]) => allOf([at(permission), inStatus(collection, [value])])));
}

/** The grant, or undefined when the actor has no permission on the collection at all. */
export function writeGrant(collection: Collection, rules: Rules, actor: Actor, schema: Schema): WriteGrant | undefined {
  if (actor.is === 'system' || (actor.is === 'user' && actor.admin)) return everything;
  const granted = rules.roles.get(actor.role)?.collections.get(collection.name);
  if (!granted || isForAdministrators(collection)) return undefined;
  if (granted.mode === 'workflow' && !collection.status) return undefined;
  const of = (status: string | null | undefined): Permission | undefined => permissionFor(granted, collection, status);
  return {
    byStatus: granted.mode === 'workflow',
    creates(status) {
      const permission = of(status);
      return permission !== undefined && permission.create !== 'none';
    },
    rows: (action) => rowsOf(granted, action, collection, actor, schema),
    forbidden(names, status) {
      const blacklist = of(status)?.writeBlacklist ?? [];
      if (blacklist.length === 0) return undefined;
      for (const name of names) if (blacklist.includes(name)) return name;
      return undefined;
    },
    chooses: (status, from) => !of(from)?.statusBlacklist?.includes(status),
    demandsComment(action, status) {
      const permission = of(status);
      return permission !== undefined && explains(permission, action);
    },
  };
}

/** The grants of one actor, each worked out once. */
export interface Writer {
  /** Undefined where there is no permission at all. */
  find(collection: Collection): WriteGrant | undefined;
  /** Throws create_denied, update_denied or delete_denied where there is no permission at all. */
  grant(collection: Collection, action: 'create' | 'update' | 'delete'): WriteGrant;
  /** Throws create_denied where no row may be made with that status. */
  demandCreate(collection: Collection, status: string | null | undefined): void;
}

const writers = new WeakMap<Actor, { readonly schema: Schema; readonly rules: Rules; readonly writer: Writer }>();

/** The same for the same actor, as long as schema and rules are. */
export function writerOf(schema: Schema, rules: Rules, actor: Actor): Writer {
  const known = writers.get(actor);
  if (known?.schema === schema && known.rules === rules) return known.writer;
  const writer = createWriter(schema, rules, actor);
  writers.set(actor, { schema, rules, writer });
  return writer;
}

function createWriter(schema: Schema, rules: Rules, actor: Actor): Writer {
  const grants = new Map<Collection, WriteGrant | undefined>();
  const find = (collection: Collection): WriteGrant | undefined => {
    if (!grants.has(collection)) grants.set(collection, writeGrant(collection, rules, actor, schema));
    return grants.get(collection);
  };
  const grantOf = (collection: Collection, action: 'create' | 'update' | 'delete'): WriteGrant => {
    const grant = find(collection);
    if (!grant) throw denied(action, collection);
    return grant;
  };
  return {
    find,
    grant: grantOf,
    demandCreate(collection, status) {
      if (!grantOf(collection, 'create').creates(status)) throw denied('create', collection);
    },
  };
}

/** The refusal of an action on a collection. */
export function denied(action: 'create' | 'update' | 'delete', collection: Collection): GatewayError {
  return new GatewayError(`${action}_denied`, { collection: collection.name });
}
