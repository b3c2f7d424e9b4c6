/**
 * `search`: rows that hold every word of a text, by a text index of the collection where it has one that tells the caller nothing
 * hidden. Otherwise as `q`, within so many rows.
 */
import type { Collection, Field, TextIndex } from '../schema/types.ts';
import type { BindContext } from './context.ts';
import { allOf, anyOf, containing, never } from './filters.ts';
import { searchFilter } from './search.ts';
import type { Filter, Searched } from './types.ts';
import { wordsOf } from './words.ts';

export interface BoundSearch {
  /** The rows that match, `others` included. */
  readonly where: Filter;
  /** Undefined where the text asks for nothing. */
  readonly searched?: Searched;
}

/** Binds `search` beside the other conditions of a read. Throws `limit_exceeded` for too many words. */
export function bindFullText(collection: Collection, text: string, others: Filter, context: BindContext): BoundSearch {
  if (text.includes('\0')) return { where: never };
  if (text === '') return { where: others };
  const words = wordsOf(text);
  const found = words.length === 0 ? undefined : byIndex(collection, text, words, context);
  if (found) return { where: allOf([others, found.where]), searched: { index: found.name, rows: null } };
  const where = searchFilter(collection, text, context);
  if (where.is === 'always' || where.is === 'never') return { where: allOf([others, where]) };
  const { searchRows } = context.limits;
  // Without a key, or with one that is told and not kept, rows have no order to take the first of.
  if (collection.kind === 'view' || collection.key.length === 0) {
    return { where: allOf([others, where]), searched: { index: null, rows: null } };
  }
  const among: Filter = { is: 'among', collection, of: others, where, rows: searchRows };
  const sure = collection.key.every((field) => !field.column.nullable);
  return { where: sure ? among : allOf([among, where]), searched: { index: null, rows: searchRows } };
}

interface Found {
  readonly name: string;
  readonly where: Filter;
}

/** The index of the most fields that the caller may be told about; one of parts of words where there is no other. */
function byIndex(collection: Collection, text: string, words: readonly string[], context: BindContext): Found | undefined {
  const indexes = context.schema.textIndexes?.get(collection.name) ?? [];
  const readable = (field: Field): boolean => !field.secret && context.visible.field(field) === 'yes';
  let best: { readonly index: TextIndex; readonly fields: readonly Field[] } | undefined;
  for (const index of indexes) {
    if (index.form.is === 'trigram') continue;
    const fields = index.fields.filter(readable);
    const usable = index.form.is === 'fts5' ? fields.length > 0 : fields.length === index.fields.length;
    if (usable && fields.length > (best?.fields.length ?? 0)) best = { index, fields };
  }
  if (best) return ofWords(collection, best.index, best.fields, text, words);
  const parts = indexes.filter((index) => index.form.is === 'trigram' && index.fields.some(readable));
  if (parts.length === 0) return undefined;
  const fields = [...new Set(parts.flatMap((index) => index.fields.filter(readable)))];
  const names = [...new Set(parts.map((index) => index.name))].sort().join(', ');
  // Together they are one, which holds whatever is long enough to be looked for.
  const index: TextIndex = { name: names, form: { is: 'trigram' }, fields, least: 0, most: Number.POSITIVE_INFINITY, common: new Set() };
  return ofWords(collection, index, fields, text, words);
}

/** What the index leaves out is looked for in the rows that it finds by the other words; without any it is of no use. */
function ofWords(
  collection: Collection,
  index: TextIndex,
  fields: readonly Field[],
  text: string,
  words: readonly string[],
): Found | undefined {
  const held = (word: string): boolean => {
    const length = [...word].length;
    return length >= index.least && length <= index.most && !index.common.has(word.toLowerCase());
  };
  const known = words.filter(held);
  if (known.length === 0) return undefined;
  const rest = words.filter((word) => !held(word)).map((word) => containsWord(fields, word));
  return { name: index.name, where: allOf([{ is: 'words', collection, index, fields, text, words: known }, ...rest]) };
}

function containsWord(fields: readonly Field[], word: string): Filter {
  return anyOf(fields.map((field): Filter => ({ is: 'like', field, pattern: containing(word), negated: false })));
}
