/** Languages of types whose texts stand in a table of translations (strapi-rest §10). */
import type { RequestedFilter } from '../../query/types.ts';
import type { Collection, Field, Relation } from '../../schema/types.ts';
import { type BracketValue, isGroup } from '../bracket-query.ts';
import { invalidValue } from './faults.ts';
import { isCompared, isShown, type Sight } from './sight.ts';

export interface Localised {
  /** To the translations of an entry. */
  readonly relation: Extract<Relation, { kind: 'o2m' }>;
  readonly texts: Collection;
  readonly language: Field;
  /** The translated attributes. */
  readonly fields: readonly Field[];
}

/** Undefined for a type without translations, or of which the caller may not read them. */
export function localisedOf(sight: Sight, collection: Collection): Localised | undefined {
  for (const relation of collection.relations.values()) {
    if (relation.kind !== 'o2m' || !relation.translation || !sight.visible.relation(relation)) continue;
    const texts = sight.schema.collections.get(relation.to);
    const language = texts?.lang;
    if (!texts || !language || !sight.visible.collection(texts) || !isCompared(sight, language)) continue;
    const tied = new Set(relation.join.map(({ to }) => to));
    const fields = [...texts.fields.values()].filter(
      (field) => !field.primaryKey && field !== language && !tied.has(field) && isShown(sight, field),
    );
    return { relation, texts, language, fields };
  }
  return undefined;
}

const everyLanguage: ReadonlySet<unknown> = new Set(['all', '*']);

/** Whether entries are asked for once in each of their languages (S-142). */
export function asksForEvery(value: BracketValue | undefined): boolean {
  return everyLanguage.has(value);
}

/** The language that a request names; undefined for the default one, and for all. */
export function languageAsked(value: BracketValue | undefined): string | undefined {
  if (value === undefined || value === '' || asksForEvery(value)) return undefined;
  if (typeof value !== 'string' || isGroup(value)) throw invalidValue('locale', 'the code of a language stands here');
  return value;
}

/** The same of a write, which is of one language. */
export function languageWritten(value: BracketValue | undefined): string | undefined {
  if (asksForEvery(value)) throw invalidValue('locale', 'what is written is of one language');
  return languageAsked(value);
}

/** Rows of translations in that language, whatever the case its code is written in; for the default one those of its regions too. */
export function inLanguage({ language }: Localised, code: string, regions: boolean): RequestedFilter {
  const compare = (operator: string, value: string): RequestedFilter => ({
    is: 'compare',
    path: [language.name],
    operator,
    value,
    strict: true,
  });
  const exact = compare('ieq', code);
  return regions ? { is: 'any', of: [exact, compare('istarts_with', `${code}-`)] } : exact;
}
