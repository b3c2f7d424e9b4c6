/** In which languages localised fields are told (payload-rest §11). */
import type { Rules } from '../../access/types.ts';
import type { ReadContext } from '../../engine/read.ts';
import type { Schema } from '../../schema/types.ts';
import { type Parameters, textOf } from './parameters.ts';

interface Languages {
  readonly languages: readonly string[];
  readonly fallbacks: readonly string[];
  readonly each?: readonly string[];
}

/** A code and what it begins with: `en-US` and `en`. */
const spellings = (code: string): string[] => [...new Set([code, code.split('-')[0] ?? code])];

/** The project's own language, with which texts are there at all. */
function usualLanguage({ settings }: Rules): string {
  return settings.get('default_locale') || 'en-US';
}

/** The codes that the metadata of translations name, the usual one first. */
function knownLanguages(schema: Schema, usual: readonly string[]): string[] {
  const codes = new Set<string>(usual);
  for (const { relations } of schema.collections.values()) {
    for (const relation of relations.values()) {
      if (relation.kind !== 'o2m' || !relation.translation) continue;
      const languages = relation.meta?.options?.['languages'];
      if (languages === null || typeof languages !== 'object') continue;
      const list = Array.isArray(languages)
        ? languages.map((one: unknown) => (typeof one === 'string' ? one : ''))
        : Object.keys(languages);
      for (const code of list) if (code !== '') codes.add(code);
    }
  }
  return [...codes];
}

/** `locale` and `fallback-locale`, which is also written `fallbackLocale` (P-140 to P-142). */
export function languagesOf({ schema, rules }: Pick<ReadContext, 'schema' | 'rules'>, parameters: Parameters): Languages {
  const usual = spellings(usualLanguage(rules));
  const wanted = textOf(parameters.get('locale')) ?? '';
  if (wanted === 'all' || wanted === '*') return { languages: usual, fallbacks: [], each: knownLanguages(schema, usual) };
  const fallback = textOf(parameters.get('fallback-locale') ?? parameters.get('fallbackLocale')) ?? '';
  const none = ['none', 'null', 'false'].includes(fallback);
  return {
    languages: wanted === '' ? usual : [wanted],
    fallbacks: none ? [] : fallback === '' ? usual : [fallback, ...usual],
  };
}
