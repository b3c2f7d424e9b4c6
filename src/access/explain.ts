/** Says in words and conditions what the rules do with an action, out of the very grants that decide. */
import type { Filter } from '../query/types.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { isForAdministrators } from './administrators.ts';
import { readGrant } from './grants.ts';
import type { Action, Actor, CollectionRules, Permission, Rules } from './types.ts';
import { writeGrant } from './write.ts';

/** A condition as JSON, in the manner of a filter. */
type Explained = boolean | { readonly [key: string]: unknown };

interface HiddenField {
  readonly field: string;
  /** `always`, or the condition on the rows in which it is not there. */
  readonly where: 'always' | Explained;
  readonly because: string;
}

export interface Explanation {
  readonly allowed: boolean;
  /** Why, in a sentence. */
  readonly because: string;
  /** The rows of directus_permissions that decide. */
  readonly permissions: readonly Permission[];
  /** Which rows it is allowed for. */
  readonly rows: Explained;
  /** Fields that are not read, or may not be sent. */
  readonly fields: readonly HiddenField[];
}

/** The rows as a filter would name them. */
function explainFilter(filter: Filter): Explained {
  switch (filter.is) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'all':
      return { and: filter.of.map(explainFilter) };
    case 'any':
      return { or: filter.of.map(explainFilter) };
    case 'not':
      return { not: explainFilter(filter.of) };
    case 'compare':
      return {
        [filter.field.name]: {
          [filter.operator]: filter.operator !== 'in' && filter.values.length === 1 ? filter.values[0] : filter.values,
        },
      };
    case 'null':
      return { [filter.field.name]: { [filter.negated ? 'nnull' : 'null']: true } };
    case 'like':
      return { [filter.field.name]: { [filter.negated ? 'nlike' : 'like']: filter.pattern } };
    case 'geo':
      return { [filter.field.name]: filter.condition };
    case 'some':
      return { [filter.relation.name]: { some: explainFilter(filter.where) } };
    case 'count':
      return { [filter.relation.name]: { count: { [filter.operator]: filter.value }, where: explainFilter(filter.where) } };
    case 'named':
      return { [filter.item.name]: { row_of: filter.collection.name, where: explainFilter(filter.where) } };
    case 'byValue':
      return { [filter.field.name]: { cases: Object.fromEntries([...filter.of].map(([value, of]) => [value, explainFilter(of)])) } };
    case 'among':
      return { and: [explainFilter(filter.of), explainFilter(filter.where)] };
    case 'words':
      return { words: filter.text };
    case 'each':
      return { each: true };
  }
}

export interface Asked {
  readonly schema: Schema;
  readonly rules: Rules;
  readonly actor: Exclude<Actor, { is: 'system' }>;
  readonly collection: Collection;
  readonly action: Action;
  /** Of the one row that is meant. */
  readonly status?: string | null;
}

/** What decides on the action of the actor on the collection. */
export function explain({ schema, rules, actor, collection, action, status }: Asked): Explanation {
  const admin = actor.is === 'user' && actor.admin;
  const granted = rules.roles.get(actor.role)?.collections.get(collection.name);
  const permissions = admin || !granted ? [] : deciding(granted, status);
  const nothing = (because: string): Explanation => ({ allowed: false, because, permissions, rows: false, fields: [] });
  if (!admin && !granted) return nothing(`Role ${actor.role} has no permission for "${collection.name}".`);
  if (!admin && action !== 'read' && isForAdministrators(collection)) return nothing('Only administrators write this collection.');
  if (granted?.mode === 'workflow' && !admin && !collection.status) {
    return nothing('The permissions name statuses, and the collection has none.');
  }
  const because = admin
    ? 'Administrators may do everything.'
    : permissions.length === 0
      ? `No permission speaks of the status "${status}".`
      : granted?.mode === 'workflow'
        ? `The permission of the status of the row decides; its level for "${action}" is ${levels(permissions, action)}.`
        : `Permission ${permissions[0]?.id} decides; its level for "${action}" is ${permissions[0]?.[action]}.`;
  if (action === 'read') {
    const grant = readGrant(collection, rules, actor, schema);
    if (!grant) return nothing(`${because} No row can be read by it.`);
    const rows = grant.rows();
    const fields = [...collection.fields.values()].flatMap((field): HiddenField[] => {
      const readable = grant.field(field);
      if (readable === 'yes')
        return field.secret === 'masked' ? [{ field: field.name, where: 'always', because: 'It is shown as stars.' }] : [];
      const hidden = grant.cases.filter((one) => one.hidden.has(field.name)).map(({ when }) => explainFilter(when));
      const where = readable === 'no' ? 'always' : { or: hidden };
      return [{ field: field.name, where, because: whyHidden(field, permissions) }];
    });
    return { allowed: rows.is !== 'never', because, permissions, rows: explainFilter(rows), fields };
  }
  const grant = writeGrant(collection, rules, actor, schema);
  if (!grant) return nothing(because);
  const blocked = permissions.flatMap((permission) =>
    (action === 'delete' ? [] : permission.writeBlacklist).map(
      (field): HiddenField => ({
        field,
        where: permission.status === null ? 'always' : { [collection.status?.field.name ?? 'status']: { eq: permission.status } },
        because: `It stands in the write blacklist of permission ${permission.id}.`,
      }),
    ),
  );
  if (action !== 'create') {
    const rows = grant.rows(action);
    return { allowed: rows.is !== 'never', because, permissions, rows: explainFilter(rows), fields: blocked };
  }
  const statuses =
    collection.status && granted?.mode === 'workflow' ? [...granted.byStatus.keys()].filter((one) => grant.creates(one)) : undefined;
  const rows: Explained = statuses ? { [collection.status?.field.name ?? 'status']: { in: statuses } } : grant.creates(undefined);
  return { allowed: statuses ? statuses.length > 0 : rows === true, because, permissions, rows, fields: blocked };
}

function deciding(granted: CollectionRules, status: string | null | undefined): Permission[] {
  if (granted.mode === 'global') return [granted.permission];
  if (status === undefined) return [...granted.byStatus.values()];
  const own = status === null ? undefined : granted.byStatus.get(status);
  return own ? [own] : [];
}

function levels(permissions: readonly Permission[], action: Action): string {
  return permissions.map((one) => `${one[action]} for "${one.status}" (permission ${one.id})`).join(', ');
}

function whyHidden(field: Field, permissions: readonly Permission[]): string {
  const blacklists = permissions.filter((one) => one.readBlacklist.includes(field.name)).map(({ id }) => id);
  if (blacklists.length > 0) return `It stands in the read blacklist of permission ${blacklists.join(', ')}.`;
  return field.secret === 'never' ? 'Nobody reads it.' : 'It is for the user it belongs to alone.';
}
