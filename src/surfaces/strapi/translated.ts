/** Translated attributes in conditions and orders: they are compared in the language that entries are shown in (strapi-rest S-143). */
import type { RequestedFilter, RequestedOrder } from '../../query/types.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { inLanguage, type Localised, localisedOf } from './locale.ts';
import { isCompared, type Sight } from './sight.ts';

type Spoken = NonNullable<Sight['spoken']>;

export interface Translated {
  readonly spoken: Spoken;
  readonly localised: Localised;
  /** The column of the text. */
  readonly field: Field;
  /** That of the entry itself by the same name, which counts where there is no text. */
  readonly own: Field | undefined;
}

/** Undefined for an attribute that is not translated. */
export function translatedAttribute(sight: Sight, collection: Collection, name: string): Translated | undefined {
  const { spoken } = sight;
  const localised = spoken && localisedOf(sight, collection);
  const field = localised?.fields.find((one) => one.name === name);
  if (!localised || !field || !isCompared(sight, field)) return undefined;
  const column = collection.fields.get(name);
  const own = column && column.storage === field.storage && isCompared(sight, column) ? column : undefined;
  return { spoken, localised, field, own };
}

/** Texts of the language that is spoken, or of the one in which an entry comes. */
function spokenTexts({ localised, spoken: { code, usual, each } }: Translated): RequestedFilter {
  return each ? { is: 'each' } : inLanguage(localised, code, usual);
}

/** The condition on texts, made of one on their column, and of one on the entry's own. */
export function textCondition(
  attribute: Translated,
  read: (collection: Collection, field: Field) => RequestedFilter,
  collection: Collection,
): RequestedFilter {
  const { localised, field, own } = attribute;
  const spoken = spokenTexts(attribute);
  const some = (where: RequestedFilter): RequestedFilter => ({
    is: 'related',
    relation: localised.relation.name,
    quantifier: 'some',
    where: { is: 'all', of: [spoken, where] },
  });
  const none: RequestedFilter = { is: 'not', of: some({ is: 'compare', path: [field.name], operator: 'nnull', value: true }) };
  const lifted = (filter: RequestedFilter): RequestedFilter => {
    if (filter.is === 'all' || filter.is === 'any') return { ...filter, of: filter.of.map(lifted) };
    if (filter.is === 'not') return { is: 'not', of: lifted(filter.of) };
    // An entry without a text has none.
    if (filter.is === 'compare' && filter.operator === 'null') return own ? { is: 'any', of: [] } : none;
    return some(filter);
  };
  const found = lifted(read(localised.texts, field));
  return own ? { is: 'any', of: [found, { is: 'all', of: [none, read(collection, own)] }] } : found;
}

/** By the texts of the language, then by the entry's own. */
export function textOrder(attribute: Translated, before: readonly string[], descending: boolean): RequestedOrder[] {
  const { localised, field, own } = attribute;
  const path = [...before, localised.relation.name, field.name];
  const where = spokenTexts(attribute);
  return [
    { path, descending, lists: { where, emptyLast: true } },
    ...(own ? [{ path: [...before, own.name], descending, lists: { emptyLast: true } as const }] : []),
  ];
}
