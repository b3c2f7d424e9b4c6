/** `where` as a filter of the core (payload-rest §4). */
import { isJsonList, isJsonObject, type Json } from '../../lib/json-body.ts';
import { refuse } from '../../query/limits.ts';
import type { RequestedFilter } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { queryFault } from './faults.ts';
import { anyRow } from './is-open.ts';
import { type Resolved, relationsOf, resolvePath, type Seeing, targetOf } from './names.ts';
import type { Asked } from './parameters.ts';
import { compare, idsOf, nothing, onDeleted, onField, onKey, onLocalised, onStatus, operandOf, through } from './target-filters.ts';

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

type ListMember = Extract<Resolved['target'], { is: 'many' | 'join' }>['member'];

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

/** The text form of a key as the convention writes it: `1,2` (P-06). Undefined for what has another number of parts. */
export function keyOfId({ key }: Collection, id: string): string | undefined {
  if (key.length === 0) return undefined;
  if (key.length === 1) return id;
  const parts = id.split(',');
  return parts.length === key.length ? parts.join(';') : undefined;
}
