/** Texts of a language, in the row of translations that is there or a new one (strapi-rest S-144). */
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import type { Json, JsonObject } from '../../lib/json-body.ts';
import type { RequestedFilter } from '../../query/types.ts';
import { parseKey } from '../../schema/keys.ts';
import type { Collection } from '../../schema/types.ts';
import { keyOutput } from './forms.ts';
import { inLanguage, type Localised } from './locale.ts';
import type { RowChange } from './nested-syntax.ts';
import type { Sight } from './sight.ts';

export interface Spoken {
  readonly code: string;
  /** It is the default one, for which texts of its regions stand too. */
  readonly usual: boolean;
}

/** Keys of the translations of an entry, in a language or in all. */
export async function translationKeys(
  within: ReadContext,
  sight: Sight,
  collection: Collection,
  key: string,
  localised: Localised,
  spoken?: Spoken,
): Promise<readonly string[]> {
  const where: RequestedFilter | undefined = spoken && inLanguage(localised, spoken.code, spoken.usual);
  const of = new Map([['k', keyOutput(sight, localised.texts, 'key')]]);
  const { texts } = await runRead(
    within,
    prepareRead(within, {
      collection: collection.name,
      selection: { all: false, named: new Map(), without: new Set() },
      template: new Map([
        ['r', { is: 'relation', name: localised.relation.name, as: 'values', of, ...(where ? { asked: { where } } : {}) }],
      ]),
      keys: [key],
      offset: 0,
      counts: { filtered: false, total: false, byStatus: false },
      stubs: false,
    }),
  );
  const [row] = JSON.parse(String(texts.between('[', ']'))) as readonly { readonly r: readonly string[] }[];
  return row?.r ?? [];
}

/** The change of the translation, or a new one. */
export async function translationChange(
  within: ReadContext,
  sight: Sight,
  collection: Collection,
  key: string | undefined,
  localised: Localised,
  spoken: Spoken,
  values: JsonObject,
): Promise<RowChange> {
  const [row] = key === undefined ? [] : await translationKeys(within, sight, collection, key, localised, spoken);
  const { texts, language } = localised;
  const parts = row === undefined ? undefined : parseKey(texts, row);
  if (!parts) return { create: { ...values, [language.name]: spoken.code } };
  return { update: { ...values, ...Object.fromEntries(texts.key.map(({ name }, i): [string, Json] => [name, parts[i] ?? null])) } };
}
