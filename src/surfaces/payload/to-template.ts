/** A document as a template of the core: fields, populated relations, joins (payload-rest §1, §7). */
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import type { Collection } from '../../schema/types.ts';
import { addDerived, idOutput } from './derived.ts';
import { factsOf, type HasMany, type Member } from './facts.ts';
import { joinOf } from './joins.ts';
import { localisedOutput } from './localised.ts';
import { targetOf } from './names.ts';
import { everything, type Selection, type Shape, spend } from './shape.ts';
import { slugsOf } from './slugs.ts';
import { fieldOutput, formOf } from './values.ts';

const isShown = ({ mode, names }: Selection, name: string): boolean => (mode === 'all' ? true : names.has(name) === (mode === 'only'));

/** Where a document stands: the one that was asked for, one that a relation leads to, or one of a join. */
type Level = 'top' | 'populated' | 'joined';

/** The document of a collection as the caller may see it. */
export function documentTemplate(
  shape: Shape,
  collection: Collection,
  depth: number,
  selection: Selection,
  level: Level = 'top',
): RequestedTemplate {
  const facts = factsOf(collection, shape.schema);
  const template = new Map<string, RequestedOutput>();
  const id = idOutput(shape, facts);
  if (id) template.set('id', id);
  for (const member of facts.members.values()) {
    if (!isAsked(shape, selection, member, level)) continue;
    const output = memberOutput(shape, member, depth, level);
    if (output && !(member.name === 'id' && id)) template.set(member.name, output);
    spend(shape, member.is === 'join' ? 8 : 2);
  }
  for (const [name, field] of facts.translations?.fields ?? []) {
    if (!isShown(selection, name) || !facts.translations) continue;
    const output = localisedOutput(shape, facts, field);
    if (output) template.set(name, output);
    spend(shape, 6);
  }
  spend(shape, 10);
  addDerived(shape, facts, (name) => isShown(selection, name), template);
  return template;
}

/** Lists that no metadata speak of are shown to those who name them. */
function isAsked({ joins }: Shape, selection: Selection, member: Member, level: Level): boolean {
  if (!isShown(selection, member.name)) return false;
  if (member.is === 'value' || member.is === 'one' || member.listed) return true;
  if (level !== 'top') return false;
  return selection.mode === 'only' || (member.is === 'join' && joins !== false && joins.has(member.name));
}

function memberOutput(shape: Shape, member: Member, depth: number, level: Level): RequestedOutput | undefined {
  switch (member.is) {
    case 'value':
      return shape.visible.field(member.field) === 'no' ? undefined : fieldOutput(member.field);
    case 'one':
      return toOne(shape, member, depth);
    case 'many':
      return hasMany(shape, member, depth);
    case 'join':
      return level === 'joined'
        ? undefined
        : joinOf(shape, member, level === 'top' && depth > 0 ? (target) => joinedDocument(shape, target) : undefined);
  }
}

/** Inside of joined documents relations stay ids, and their own joins are left out (P-103). */
function joinedDocument(shape: Shape, target: Collection): RequestedTemplate {
  return documentTemplate(shape, target, 0, populated(shape, target), 'joined');
}

function populated({ schema, populate }: Shape, target: Collection): Selection {
  return populate.get(slugsOf(schema).of(target) ?? '') ?? everything;
}

/** Whether documents of the collection are shown at all: system tables without a slug are known by their ids. */
const isServed = ({ schema }: Shape, target: Collection): boolean => slugsOf(schema).of(target) !== undefined;

function toOne(shape: Shape, member: Extract<Member, { is: 'one' }>, depth: number): RequestedOutput | undefined {
  const { field, relation } = member;
  if (shape.visible.field(field) === 'no') return undefined;
  const target = depth > 0 ? targetOf(shape, member) : undefined;
  if (!target || !isServed(shape, target)) return fieldOutput(field);
  const of = documentTemplate(shape, target, depth - 1, populated(shape, target), 'populated');
  return { is: 'relation', name: relation.name, of, orKey: formOf(field) };
}

/** Ids, or documents: those of a junction are what its other column leads to. */
function hasMany(shape: Shape, member: HasMany, depth: number): RequestedOutput | undefined {
  const target = targetOf(shape, member);
  if (!target) return undefined;
  const { relation, far } = member;
  const document = (): RequestedTemplate => documentTemplate(shape, target, depth - 1, populated(shape, target), 'populated');
  const shown = depth > 0 && isServed(shape, target);
  if (!far) {
    if (shown) return { is: 'relation', name: relation.name, as: 'rows', of: document() };
    const id = idOutput(shape, factsOf(target, shape.schema));
    return id && { is: 'relation', name: relation.name, as: 'values', of: new Map([['id', id]]) };
  }
  const { field } = far;
  if (!field || shape.visible.field(field) === 'no') return undefined;
  const linked = { where: { is: 'compare', path: [field.name], operator: 'nnull', value: '' } } as const;
  const output: RequestedOutput = shown
    ? { is: 'relation', name: far.name, of: document(), orKey: formOf(field) }
    : { is: 'field', name: field.name, form: formOf(field) };
  return { is: 'relation', name: relation.name, as: 'values', of: new Map([['it', output]]), asked: linked };
}
