/** Lower case, one character for one, as every database can do it: the meaning of "upper and lower case alike". */

const dotted = '\u0130';

/**
 * The text in lower case by Unicode's simple mapping: the length in characters stays, and no letter depends on its neighbours.
 * `Σ` is `σ` at the end of a word too; `İ` is `i`; `ß` stays.
 */
export function lowerCase(text: string): string {
  let lower = '';
  // JavaScript's own function looks at whole words; each character by itself has no neighbours.
  for (const character of text) lower += character === dotted ? 'i' : character.toLowerCase();
  return lower;
}
