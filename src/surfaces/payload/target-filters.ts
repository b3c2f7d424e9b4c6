/** Conditions on what a path of `where` ends at: a column, a key, a status, the trash, or a text in a language (payload-rest §4). */
import { isJsonList, isJsonObject, type Json, numberText } from '../../lib/json-body.ts';
import type { RequestedFilter } from '../../query/types.ts';
import type { Field } from '../../schema/types.ts';
import type { Facts } from './facts.ts';
import type { Resolved, Seeing, Step } from './names.ts';
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

/** Finds no row. */
export const nothing: RequestedFilter = { is: 'any', of: [] };
const everything: RequestedFilter = { is: 'all', of: [] };

/** What holds of a row that the steps lead to: of one of them, where they lead to several (P-51). */
export function through(steps: readonly Step[], where: RequestedFilter): RequestedFilter {
  return steps
    .flatMap(({ relations }) => relations)
    .reduceRight(
      (inner: RequestedFilter, relation): RequestedFilter => ({ is: 'related', relation, quantifier: 'some', where: inner }),
      where,
    );
}

/** The condition that a column of the row itself has. */
export const compare = (field: Field, operator: string, value: unknown): RequestedFilter => ({
  is: 'compare',
  path: [field.name],
  operator,
  value,
});

/** Numbers as their digits, lists of them likewise; undefined for objects. */
export function operandOf(value: Json): unknown {
  if (isJsonList(value)) {
    const list = value.map((one) => (isJsonList(one) ? undefined : operandOf(one)));
    return list.includes(undefined) ? undefined : list;
  }
  return isJsonObject(value) ? undefined : (numberText(value) ?? value);
}

/** A row that to-one steps do not lead to has NULL there, which negative operators find (P-61). */
export function onField(
  steps: readonly Step[],
  field: Field,
  related: boolean,
  operator: string,
  operand: Json,
): RequestedFilter | undefined {
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
export function onKey(steps: readonly Step[], key: readonly Field[], operator: string, operand: Json): RequestedFilter | undefined {
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

/** Ids of a text with commas between, or of a list. */
export function idsOf(operand: Json): string[] | undefined {
  const value = operandOf(operand);
  if (value === undefined) return undefined;
  const texts = Array.isArray(value) ? value.map(String) : String(value ?? '').split(',');
  return texts.filter((text) => text !== '');
}

const negatives: Readonly<Record<string, string>> = { not_equals: 'equals', not_in: 'in' };

/** `_status`: of all statuses, those by which a row is published, and the others (P-74). */
export function onStatus({ status }: Facts, operator: string, operand: Json): RequestedFilter | undefined {
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
export function onDeleted({ collection, trashed, deleted }: Facts, operator: string, operand: Json): RequestedFilter | undefined {
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
export function onLocalised(
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
