/** The plural and the singular of English words, as far as names of tables need them (strapi-rest §1.1). */

/** Words that are both. */
const unchanging: ReadonlySet<string> = new Set(
  'news media data metadata criteria series species sheep fish deer staff equipment information settings goods feedback content music money rice weather'.split(
    ' ',
  ),
);

/** Singular and plural of words outside the rules. */
const irregular: readonly (readonly [one: string, many: string])[] = [
  ['person', 'people'],
  ['child', 'children'],
  ['man', 'men'],
  ['woman', 'women'],
  ['foot', 'feet'],
  ['tooth', 'teeth'],
  ['goose', 'geese'],
  ['mouse', 'mice'],
  ['ox', 'oxen'],
  ['index', 'indices'],
  ['matrix', 'matrices'],
  ['vertex', 'vertices'],
  ['quiz', 'quizzes'],
  ['hero', 'heroes'],
  ['potato', 'potatoes'],
  ['tomato', 'tomatoes'],
  ['echo', 'echoes'],
  ['bus', 'buses'],
  ['status', 'statuses'],
  ['virus', 'viruses'],
  ['bonus', 'bonuses'],
  ['campus', 'campuses'],
  ['census', 'censuses'],
  ['alias', 'aliases'],
  ['lens', 'lenses'],
  ['gas', 'gases'],
  ['canvas', 'canvases'],
  ['atlas', 'atlases'],
  ['leaf', 'leaves'],
  ['loaf', 'loaves'],
  ['knife', 'knives'],
  ['life', 'lives'],
  ['wife', 'wives'],
  ['wolf', 'wolves'],
  ['half', 'halves'],
  ['shelf', 'shelves'],
  ['self', 'selves'],
  ['calf', 'calves'],
  ['thief', 'thieves'],
  ['move', 'moves'],
  ['movie', 'movies'],
  ['cookie', 'cookies'],
  ['tie', 'ties'],
  ['pie', 'pies'],
  ['zombie', 'zombies'],
  ['cache', 'caches'],
  ['axe', 'axes'],
  ['shoe', 'shoes'],
  ['house', 'houses'],
  ['horse', 'horses'],
  ['case', 'cases'],
  ['base', 'bases'],
  ['database', 'databases'],
  ['phase', 'phases'],
  ['release', 'releases'],
  ['purchase', 'purchases'],
  ['expense', 'expenses'],
  ['response', 'responses'],
  ['course', 'courses'],
  ['license', 'licenses'],
  ['warehouse', 'warehouses'],
  ['use', 'uses'],
  ['cause', 'causes'],
  ['pause', 'pauses'],
  ['clause', 'clauses'],
  ['excuse', 'excuses'],
  ['rose', 'roses'],
  ['nose', 'noses'],
  ['purpose', 'purposes'],
  ['exercise', 'exercises'],
  ['size', 'sizes'],
  ['prize', 'prizes'],
];

const pluralOf = new Map(irregular);
const singularOf = new Map(irregular.map(([one, many]) => [many, one]));

/** The plural of a word in lower case; what is a plural stays as it is, and so does what does not end in a letter. */
export function plural(word: string): string {
  if (!/\p{L}$/u.test(word) || unchanging.has(word) || singularOf.has(word)) return word;
  const known = pluralOf.get(word);
  if (known !== undefined) return known;
  if (isPlural(word)) return word;
  if (/sis$/.test(word)) return word.replace(/sis$/, 'ses');
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies');
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return `${word}s`;
}

/** The singular of a word in lower case; what is none of a plural's endings stays as it is. */
export function singular(word: string): string {
  const known = singularOf.get(word);
  if (known !== undefined) return known;
  if (word === 'settings') return 'setting';
  if (unchanging.has(word) || pluralOf.has(word) || !isPlural(word)) return word;
  if (/[^aeiou]ies$/.test(word)) return word.replace(/ies$/, 'y');
  if (/(?:ss|x|zz|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (/(?:analy|ba|cri|the|hypothe|parenthe|synop|diagno|oa|empha|cata)ses$/.test(word)) return word.replace(/ses$/, 'sis');
  return word.slice(0, -1);
}

/** Whether the word ends as plurals do: in an s that is not part of the word itself. */
function isPlural(word: string): boolean {
  return /[^s]s$/.test(word) && !/(?:us|is|as)$/.test(word);
}
