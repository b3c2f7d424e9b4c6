/** Indexes by which rows are found by the words in them: as the catalogues have them, and what they are asked. */
import type { Collection, Field, TextIndex } from '../schema/types.ts';

/** How the words of a text index are asked for. */
export type TextIndexForm =
  /** PostgreSQL: a tsvector in a column; `config` is its text search configuration, null where nothing tells it. */
  | { readonly is: 'vector'; readonly column: string; readonly config: string | null }
  /** PostgreSQL: a tsvector made by an expression, in the words in which the catalogue prints it. */
  | { readonly is: 'expression'; readonly expression: string; readonly config: string }
  /** PostgreSQL: parts of a text, three letters each, which find what contains another. */
  | { readonly is: 'trigram' }
  /** MySQL, MariaDB: all of its columns at once. */
  | { readonly is: 'fulltext' }
  /** SQLite: a table of its own, asked about any of its columns; its row numbers are those of `key` in the table it is about. */
  | { readonly is: 'fts5'; readonly table: string; readonly key: string };

/** An index by which rows are found by the words in them. */
export interface IntrospectedTextIndex {
  readonly name: string;
  /** The table it is about; `schema` as there. */
  readonly schema: string | null;
  readonly table: string;
  readonly form: TextIndexForm;
  /** Every column of which it tells something. */
  readonly columns: readonly string[];
  /** Words of fewer or more characters are not in it. */
  readonly least?: number;
  readonly most?: number;
  /** Words too common to be in it, in lower case. */
  readonly common?: readonly string[];
}

/** What a text index is asked: rows under `alias` in whose fields all of `words` are, or the words that it makes of `text` itself. */
export interface TextMatch {
  readonly collection: Collection;
  readonly alias: string;
  readonly index: TextIndex;
  readonly fields: readonly Field[];
  readonly text: string;
  readonly words: readonly string[];
}
