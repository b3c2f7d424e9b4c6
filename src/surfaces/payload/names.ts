/** The names that stand in `where` and `sort`, resolved for a caller: what may not be read does not exist (payload-rest P-05, P-50 to P-52). */

import { isComparable } from '../../query/comparable.ts';
import { type Limits, refuse } from '../../query/limits.ts';
import type { Visibility } from '../../query/types.ts';
import type { Collection, Field, Schema } from '../../schema/types.ts';
import { type Facts, factsOf, type HasMany, isSecret, type Member, memberNamed } from './facts.ts';

/** Who asks, under which schema. */
export interface Seeing {
  readonly schema: Schema;
  readonly visible: Visibility;
  readonly limits: Limits;
  /** The spellings of the language in which localised fields are told and looked for; empty for none. */
  readonly languages: readonly string[];
}

/** What the last name of a path stands for. */
type Target =
  | { readonly is: 'field'; readonly field: Field; readonly related: boolean }
  | { readonly is: 'key'; readonly key: readonly Field[] }
  | { readonly is: 'many'; readonly member: HasMany }
  | { readonly is: 'join'; readonly member: Extract<Member, { is: 'join' }> }
  | { readonly is: 'status' }
  | { readonly is: 'deleted' }
  | { readonly is: 'localised'; readonly field: Field; readonly language: string | undefined };

export interface Step {
  /** The relations of one name, in order: a list through a junction is two of them. */
  readonly relations: readonly string[];
  readonly many: boolean;
}

export interface Resolved {
  readonly steps: readonly Step[];
  /** Where the last name stands. */
  readonly facts: Facts;
  readonly target: Target;
}

/** Whether values of the field may be compared with. */
export function isCompared({ visible }: Seeing, field: Field): boolean {
  return !isSecret(field) && isComparable(visible.field(field));
}

/** The collection that a member leads to, where the caller may follow. */
export function targetOf(seeing: Seeing, member: Exclude<Member, { is: 'value' }>): Collection | undefined {
  const { schema, visible } = seeing;
  const { relation } = member;
  const near = schema.collections.get(relation.to);
  if (!near || !visible.relation(relation) || !visible.collection(near)) return undefined;
  if (relation.kind === 'm2m') {
    const through = schema.collections.get(relation.through);
    return through && visible.collection(through) ? near : undefined;
  }
  if (member.is !== 'many' || !member.far) return near;
  const far = schema.collections.get(member.far.to);
  return far && visible.relation(member.far) && visible.collection(far) ? far : undefined;
}

/** The relations of the core that lead to the documents of a member. */
export function relationsOf(member: Exclude<Member, { is: 'value' }>): readonly string[] {
  return member.is === 'many' && member.far ? [member.relation.name, member.far.name] : [member.relation.name];
}

/** A path as a request writes it: dots between names, or `__` where no field is spelt so. */
function namesIn(path: string, facts: Facts): string[] {
  const dotted = path.split('.');
  const [first = ''] = dotted;
  return path.includes('__') && memberNamed(facts, first) === undefined ? path.replaceAll('__', '.').split('.') : dotted;
}

/** What a path leads to; undefined where a name of it does not exist for the caller. */
export function resolvePath(seeing: Seeing, collection: Collection, path: string): Resolved | undefined {
  const { schema, limits } = seeing;
  let facts = factsOf(collection, schema);
  const names = namesIn(path, facts);
  if (names.length > limits.depth) refuse('names in a path (depth)', limits.depth);
  const steps: Step[] = [];
  for (const [i, name] of names.entries()) {
    const rest = names.slice(i + 1);
    if (rest.length === 0) {
      const target = lastOf(seeing, facts, name);
      return target && { steps, facts, target };
    }
    const localised = rest.length === 1 ? localisedOf(seeing, facts, name, rest[0]) : undefined;
    if (localised) return { steps, facts, target: localised };
    const member = memberNamed(facts, name);
    if (!member || member.is === 'value') return undefined;
    const target = targetOf(seeing, member);
    // The key of the other side stands in the column itself.
    if (member.is === 'one' && rest.length === 1 && isKeyName(rest[0], member.relation.join[0]?.to)) {
      return isCompared(seeing, member.field) ? { steps, facts, target: { is: 'field', field: member.field, related: true } } : undefined;
    }
    if (!target) return undefined;
    steps.push({ relations: relationsOf(member), many: member.is !== 'one' });
    facts = factsOf(target, schema);
  }
  return undefined;
}

/**
 * Whether a path that leads nowhere is a field that the caller may not read, as far as it may be told one from a name that there
 * is not (P-81): where a collection keeps a field from the caller, every such name counts as kept.
 */
export function isKept(seeing: Seeing, collection: Collection, path: string): boolean {
  let facts = factsOf(collection, seeing.schema);
  const names = namesIn(path, facts);
  for (const [i, name] of names.entries()) {
    const member = memberNamed(facts, name);
    const target = i + 1 < names.length && member && member.is !== 'value' ? targetOf(seeing, member) : undefined;
    if (target) {
      facts = factsOf(target, seeing.schema);
      continue;
    }
    if (i + 1 < names.length && member?.is === 'one' && isCompared(seeing, member.field)) return true;
    const fields = [...facts.collection.fields.values()];
    const field = member && 'field' in member ? member.field : facts.collection.fields.get(name);
    return (field && !isCompared(seeing, field)) || fields.some((one) => !isSecret(one) && seeing.visible.field(one) === 'no');
  }
  return false;
}

const isKeyName = (name: string | undefined, key: Field | undefined): boolean =>
  name === 'id' || name === '_id' || (key !== undefined && name === key.name);

function localisedOf(seeing: Seeing, { translations }: Facts, name: string, language: string | undefined): Target | undefined {
  const field = translations?.fields.get(name);
  if (!translations || !field || !seeing.visible.relation(translations.relation) || !isCompared(seeing, field)) return undefined;
  return { is: 'localised', field, language };
}

function lastOf(seeing: Seeing, facts: Facts, name: string): Target | undefined {
  const { collection, created, updated, status, trashed, deleted } = facts;
  const compared = (field: Field | undefined): Target | undefined =>
    field && isCompared(seeing, field) ? { is: 'field', field, related: false } : undefined;
  if (name === 'id' || name === '_id') {
    const own = name === '_id' ? facts.members.get(name) : undefined;
    if (own?.is === 'value') return compared(own.field);
    return collection.key.length > 0 && collection.key.every((field) => isCompared(seeing, field))
      ? { is: 'key', key: collection.key }
      : undefined;
  }
  const localised = seeing.languages.length > 0 ? localisedOf(seeing, facts, name, undefined) : undefined;
  if (localised) return localised;
  const member = memberNamed(facts, name);
  if (!member) {
    if (name === 'createdAt') return compared(created);
    if (name === 'updatedAt') return compared(updated);
    if (name === '_status') return status && isCompared(seeing, status.field) ? { is: 'status' } : undefined;
    if (name !== 'deletedAt' || trashed.length === 0) return undefined;
    const field = collection.status?.field;
    return field && isCompared(seeing, field) && (!deleted || isCompared(seeing, deleted)) ? { is: 'deleted' } : undefined;
  }
  if (member.is === 'value') return compared(member.field);
  if (member.is === 'one') return isCompared(seeing, member.field) ? { is: 'field', field: member.field, related: true } : undefined;
  if (!targetOf(seeing, member)) return undefined;
  return member.is === 'many' ? { is: 'many', member } : { is: 'join', member };
}
