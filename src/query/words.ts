/** The words of a text that is looked for in a text index. */
import { refuse } from './limits.ts';

/** More words than this are no search: each is a condition of its own. */
const mostWords = 50;

/**
 * Letters and digits, with the marks and underscores among them; everything else parts words, so that nothing is left that means more to
 * an index than itself. Throws `limit_exceeded` when there are too many.
 */
export function wordsOf(text: string): string[] {
  const found = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [];
  const words = new Map(found.filter((word) => /[\p{L}\p{N}]/u.test(word)).map((word) => [word.toLowerCase(), word]));
  if (words.size > mostWords) refuse('words of search', mostWords);
  return [...words.values()];
}
