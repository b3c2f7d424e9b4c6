/** How rows are found by the text of their key. */
import type { Fragment } from '../lib/fragment.ts';
import type { Field } from '../schema/types.ts';

export interface KeyColumn {
  readonly field: Field;
  readonly column: Fragment;
}

/** Rows that are named by the text of their key (schema/keys.ts) in a column of another table. */
export interface KeySql {
  /** The text of the key of those columns, in a form that is equal to `stored` of the same text alone. */
  text(key: readonly KeyColumn[]): Fragment;
  /** A column that holds such texts. */
  stored(said: KeyColumn): Fragment;
  /**
   * Whether a key of one column is what is said, by the key's own index; it may find other spellings too. Unknown for a text that is no
   * value of the column; undefined where a text cannot be made one.
   */
  found(key: KeyColumn, said: KeyColumn): Fragment | undefined;
}
