/** `where` as a filter of the core (payload-rest §4). */
import { isJsonList, isJsonObject, type Json, numberText } from '../../lib/json-body.ts';
import { refuse } from '../../query/limits.ts';
import type { RequestedFilter } from '../../query/types.ts';
import type { Collection, Field } from '../../schema/types.ts';
import type { Facts } from './facts.ts';
import { queryFault } from './faults.ts';
import { anyRow } from './is-open.ts';
import { type Resolved, relationsOf, resolvePath, type Seeing, type Step, targetOf } from './names.ts';
import type { Asked } from './parameters.ts';
import { geoConditionOf } from './to-geo-condition.ts';

/** Operators of columns, by the names of the convention; with each the core's own, and its opposite where it is a negative one. */
const onColumns: Readonly<Record<string, { readonly id: string; readonly negates?: string }>> = {
  equals: { id: 'equals' },
  not_equals: { id: 'not-equals', negates: 'equals' },
  greater_than: { id: 'later' },
  greater_than_equal: { id: 'later-or-equal' },
  less_than: { id: 'earlier' },
  less_than_equal: { id: 'earlier-or-equal' },
  like: { id: 'words' },
  not_like: { id: 'not-words', negates: 'words' },
  contains: { id: 'holds' },
  in: { id: 'any-of' },
  not_in: { id: 'none-of', negates: 'any-of' },
  all: { id: 'holds-all' },
  exists: { id: 'exists' },
};

const nothing: RequestedFilter = { is: 'any', of: [] };
const everything: RequestedFilter = { is: 'all', of: [] };

interface Reading {
  readonly seeing: Seeing;
  /** Paths that cannot be queried; all of them are told at once. */
  readonly faults: string[];
  /** Conditions and groups so far. */
  nodes: number;
}

const allOf = (of: RequestedFilter[]): RequestedFilter => {
  const [only] = of;
  return of.length === 1 && only ? only : { is: 'all', of };
};

/** Undefined where nothing is asked. Throws the fault that names every path which cannot be queried (P-54). */
export function filterOf(seeing: Seeing, collection: Collection, where: Asked | undefined): RequestedFilter | undefined {
  if (where === undefined || where === null || where === '') return undefined;
  const reading: Reading = { seeing, faults: [], nodes: 0 };
  if (!isJsonObject(where)) throw queryFault(['where']);
  const parts = membersOf(reading, collection, where);
  if (reading.faults.length > 0) throw queryFault([...new Set(reading.faults)]);
  return parts.length === 0 ? undefined : allOf(parts);
}

function count(reading: Reading): void {
  const { filterNodes } = reading.seeing.limits;
  reading.nodes += 1;
  if (reading.nodes > filterNodes) refuse('filter conditions (filterNodes)', filterNodes);
}

function membersOf(reading: Reading, collection: Collection, where: Readonly<Record<string, Json>>): RequestedFilter[] {
  count(reading);
  return Object.entries(where).flatMap(([name, value]): RequestedFilter[] => {
    const group = name.toLowerCase();
    if (group === 'and' || group === 'or') return groupOf(reading, collection, name, value, group === 'and' ? 'all' : 'any');
    return conditionsOf(reading, collection, name, value);
  });
}

/** An empty list adds no condition. */
function groupOf(reading: Reading, collection: Collection, name: string, value: Json, is: 'all' | 'any'): RequestedFilter[] {
  if (value === '' || value === null) return [];
  const list = isJsonList(value) ? value : isJsonObject(value) ? [value] : undefined;
  if (!list) {
    reading.faults.push(name);
    return [];
  }
  const of = list.flatMap((one): RequestedFilter[] => {
    if (isJsonObject(one)) return [allOf(membersOf(reading, collection, one))];
    if (one !== '') reading.faults.push(name);
    return [];
  });
  return of.length === 0 ? [] : [{ is, of }];
}

function conditionsOf(reading: Reading, collection: Collection, path: string, value: Json): RequestedFilter[] {
  const resolved = resolvePath(reading.seeing, collection, path);
  if (!resolved || !isJsonObject(value)) {
    reading.faults.push(path);
    return [];
  }
  return Object.entries(value).flatMap(([operator, operand]): RequestedFilter[] => {
    count(reading);
    const found = conditionOf(reading, resolved, operator, operand);
    if (found === undefined) reading.faults.push(`${path}.${operator}`);
    return found ? [found] : [];
  });
}

/** Undefined for an operator that the target does not take, and for an operand that it does not. */
function conditionOf(reading: Reading, resolved: Resolved, operator: string, operand: Json): RequestedFilter | undefined {
  const { steps, target, facts } = resolved;
  switch (target.is) {
    case 'field':
      return onField(steps, target.field, target.related, operator, operand);
    case 'key':
      return onKey(steps, target.key, operator, operand);
    case 'many':
    case 'join': {
      const found = onList(reading, target.member, operator, operand);
      return found && through(steps, found);
    }
    case 'status': {
      const found = onStatus(facts, operator, operand);
      return found && through(steps, found);
    }
    case 'deleted': {
      const found = onDeleted(facts, operator, operand);
      return found && through(steps, found);
    }
    case 'localised': {
      const found = onLocalised(reading.seeing, facts, target, operator, operand);
      return found && through(steps, found);
    }
  }
}

/** What holds of a row that the steps lead to: of one of them, where they lead to several (P-51). */
function through(steps: readonly Step[], where: RequestedFilter): RequestedFilter {
  return steps
    .flatMap(({ relations }) => relations)
    .reduceRight(
      (inner: RequestedFilter, relation): RequestedFilter => ({ is: 'related', relation, quantifier: 'some', where: inner }),
      where,
    );
}

const compare = (field: Field, operator: string, value: unknown): RequestedFilter => ({
  is: 'compare',
  path: [field.name],
  operator,
  value,
});

/** Numbers as their digits, lists of them likewise; undefined for objects. */
function operandOf(value: Json): unknown {
  if (isJsonList(value)) {
    const list = value.map((one) => (isJsonList(one) ? undefined : operandOf(one)));
    return list.includes(undefined) ? undefined : list;
  }
  return isJsonObject(value) ? undefined : (numberText(value) ?? value);
}

/** A row that to-one steps do not lead to has NULL there, which negative operators find (P-61). */
function onField(steps: readonly Step[], field: Field, related: boolean, operator: string, operand: Json): RequestedFilter | undefined {
  if (geoConditionOf(field, operator, operand)) return through(steps, compare(field, operator, operand));
  const asked =
    related && (operator === 'like' || operator === 'contains') ? 'equals' : related && operator === 'not_like' ? 'not_equals' : operator;
  const known = Object.hasOwn(onColumns, asked) ? onColumns[asked] : undefined;
  const value = operandOf(operand);
  if (!known || value === undefined) return undefined;
  if (operator === 'exists' && !/^(?:true|false)$/i.test(String(value))) return undefined;
  if (Array.isArray(value) && !['any-of', 'none-of', 'holds-all'].includes(known.id)) {
    if (!related || (asked !== 'equals' && asked !== 'not_equals')) return undefined;
    return onField(steps, field, false, asked === 'equals' ? 'in' : 'not_in', operand);
  }
  const negates = steps.length > 0 && steps.every(({ many }) => !many) ? known.negates : undefined;
  if (negates !== undefined) return { is: 'not', of: through(steps, compare(field, negates, value)) };
  return through(steps, compare(field, known.id, value));
}

/** A part of a key as it is stored: what would be read as a comma or the like is spelled out in ids (schema/keys.ts). */
const unescaped = (part: string): string =>
  part.replace(/~([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Parts of a key with commas between, as `id` shows it (P-06). */
function onKey(steps: readonly Step[], key: readonly Field[], operator: string, operand: Json): RequestedFilter | undefined {
  const [only] = key;
  if (key.length === 1 && only) {
    const exact = { like: 'equals', contains: 'equals', not_like: 'not_equals' }[operator] ?? operator;
    return onField(steps, only, true, exact, operand);
  }
  if (operator === 'exists') {
    const there = key.map((field) => compare(field, 'nnull', ''));
    return /^true$/i.test(String(operand)) ? through(steps, { is: 'all', of: there }) : nothing;
  }
  const list = listedKeys(operand);
  const one = (text: string): RequestedFilter => {
    const parts = text.split(',');
    if (parts.length !== key.length) return nothing;
    return { is: 'all', of: key.map((field, i) => compare(field, 'eq', unescaped(parts[i] ?? ''))) };
  };
  const found: RequestedFilter | undefined = list && { is: 'any', of: list.map(one) };
  if (!found || !['equals', 'in', 'not_equals', 'not_in'].includes(operator)) return undefined;
  return through(steps, operator.startsWith('not_') ? { is: 'not', of: found } : found);
}

function listedKeys(operand: Json): string[] | undefined {
  const value = operandOf(operand);
  return value === undefined ? undefined : [value].flat().map(String);
}

type ListMember = Extract<Resolved['target'], { is: 'many' | 'join' }>['member'];

/** Ids of a text with commas between, or of a list. */
function idsOf(operand: Json): string[] | undefined {
  const value = operandOf(operand);
  if (value === undefined) return undefined;
  const texts = Array.isArray(value) ? value.map(String) : String(value ?? '').split(',');
  return texts.filter((text) => text !== '');
}

/** Related documents by their ids, by whether there are any, or by a `where` of their own that one of them satisfies (P-52, P-53). */
function onList(reading: Reading, member: ListMember, operator: string, operand: Json): RequestedFilter | undefined {
  const names = relationsOf(member);
  const [list = ''] = names;
  const related = (where: RequestedFilter): RequestedFilter => through([{ relations: names, many: true }], where);
  if (operator === 'exists') {
    const text = String(operandOf(operand)).toLowerCase();
    if (text !== 'true' && text !== 'false') return undefined;
    return { is: 'related', relation: list, quantifier: text === 'true' ? 'some' : 'none', where: anyRow };
  }
  const target = targetOf(reading.seeing, member);
  if (!target) return undefined;
  if (operator === 'contains' && isJsonObject(operand)) return related(allOf(membersOf(reading, target, operand)));
  const ids = idsOf(operand);
  if (!ids) return undefined;
  const withId = (id: string): RequestedFilter => linkedTo(member, target, names, id);
  const some: RequestedFilter = { is: 'any', of: ids.map(withId) };
  switch (operator) {
    case 'equals':
    case 'in':
    case 'contains':
      return some;
    case 'not_equals':
    case 'not_in':
      return { is: 'not', of: some };
    case 'all':
      return ids.length === 0 ? undefined : { is: 'all', of: ids.map(withId) };
    default:
      return undefined;
  }
}

/** Whether one of the related documents has that id: in a junction the column itself tells it. */
function linkedTo(member: ListMember, target: Collection, names: readonly string[], id: string): RequestedFilter {
  const [list = ''] = names;
  const far = member.is === 'many' ? member.far?.field : undefined;
  if (far) return { is: 'related', relation: list, quantifier: 'some', where: compare(far, 'eq', id) };
  const parts = target.key.length === 1 ? [id] : id.split(',');
  if (parts.length !== target.key.length || target.key.length === 0) return nothing;
  return through([{ relations: names, many: true }], { is: 'all', of: target.key.map((field, i) => compare(field, 'eq', parts[i] ?? '')) });
}

const negatives: Readonly<Record<string, string>> = { not_equals: 'equals', not_in: 'in' };

/** `_status`: of all statuses, those by which a row is published, and the others (P-74). */
function onStatus({ status }: Facts, operator: string, operand: Json): RequestedFilter | undefined {
  if (!status) return undefined;
  const negates = negatives[operator];
  if (negates !== undefined) {
    const found = onStatus({ status } as Facts, negates, operand);
    return found && { is: 'not', of: found };
  }
  const published = compare(status.field, 'in', status.published);
  if (operator === 'exists') return /^true$/i.test(String(operand)) ? everything : /^false$/i.test(String(operand)) ? nothing : undefined;
  const values = operator === 'equals' ? [operandOf(operand)].flat().map(String) : operator === 'in' ? idsOf(operand) : undefined;
  return (
    values && {
      is: 'any',
      of: values.flatMap((value): RequestedFilter[] =>
        value === 'published' ? [published] : value === 'draft' ? [{ is: 'not', of: published }] : [],
      ),
    }
  );
}

/** `deletedAt`: whether a row is in the trash, and since when where a column tells (P-74). */
function onDeleted({ collection, trashed, deleted }: Facts, operator: string, operand: Json): RequestedFilter | undefined {
  const field = collection.status?.field;
  if (!field) return undefined;
  const gone = compare(field, 'in', trashed);
  if (operator === 'exists') {
    const text = String(operandOf(operand)).toLowerCase();
    return text === 'true' ? gone : text === 'false' ? { is: 'not', of: gone } : undefined;
  }
  const found = deleted && onField([], deleted, false, operator, operand);
  return found && { is: 'all', of: [gone, found] };
}

type Localised = Extract<Resolved['target'], { is: 'localised' }>;

/** The value in the language that is asked for: that of its row of translations (P-143). */
function onLocalised(
  seeing: Seeing,
  facts: Facts,
  { field, language }: Localised,
  operator: string,
  operand: Json,
): RequestedFilter | undefined {
  const { translations } = facts;
  const wanted = language === undefined ? seeing.languages : [language];
  const found = onField([], field, false, operator, operand);
  if (!translations || !found) return undefined;
  const where: RequestedFilter = { is: 'all', of: [compare(translations.language, 'in', wanted), found] };
  return { is: 'related', relation: translations.relation.name, quantifier: 'some', where };
}

/** The text form of a key as the convention writes it: `1,2` (P-06). Undefined for what has another number of parts. */
export function keyOfId({ key }: Collection, id: string): string | undefined {
  if (key.length === 0) return undefined;
  if (key.length === 1) return id;
  const parts = id.split(',');
  return parts.length === key.length ? parts.join(';') : undefined;
}
