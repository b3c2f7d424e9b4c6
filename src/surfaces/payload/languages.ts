/** In which languages localised fields are told (payload-rest §11). */
import type { Rules } from '../../access/types.ts';
import type { ReadContext } from '../../engine/read.ts';
import { type Parameters, textOf } from './parameters.ts';

interface Languages {
  readonly languages: readonly string[];
  readonly fallbacks: readonly string[];
  /** Documents tell every language that there is a text in. */
  readonly every?: true;
}

/** A code and what it begins with: `en-US` and `en`. */
const spellings = (code: string): string[] => [...new Set([code, code.split('-')[0] ?? code])];

/** The project's own language, with which texts are there at all. */
function usualLanguage({ settings }: Rules): string {
  return settings.get('default_locale') || 'en-US';
}

/** `locale` and `fallback-locale`, which is also written `fallbackLocale` (P-140 to P-142). */
export function languagesOf({ rules }: Pick<ReadContext, 'rules'>, parameters: Parameters): Languages {
  const usual = spellings(usualLanguage(rules));
  const wanted = textOf(parameters.get('locale')) ?? '';
  if (wanted === 'all' || wanted === '*') return { languages: usual, fallbacks: [], every: true };
  const fallback = textOf(parameters.get('fallback-locale') ?? parameters.get('fallbackLocale')) ?? '';
  const none = ['none', 'null', 'false'].includes(fallback);
  return {
    languages: wanted === '' ? usual : [wanted],
    fallbacks: none ? [] : fallback === '' ? usual : [fallback, ...usual],
  };
}
