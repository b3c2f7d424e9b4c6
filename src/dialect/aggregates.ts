/** The functions over rows in which databases differ. */
import type { Fragment } from '../lib/fragment.ts';
import type { Field } from '../schema/types.ts';

export type DatePart = 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'minute' | 'second';

/** The SQL of groups and aggregates in which vendors differ. */
export interface AggregateSql {
  /** The column in a form whose values are equal only where they are the same value; of texts, it orders by code point. */
  distinct(field: Field, column: Fragment): Fragment;
  /** What a group is formed by beside `distinct`, where the database would look at the beginning of a long value only. */
  apart?(field: Field, column: Fragment): Fragment | undefined;
  /** The column in the form in which MIN and MAX compare it; of texts, by code point. */
  extreme(field: Field, column: Fragment): Fragment;
  /** A value that `distinct` or `extreme` made, as `jsonValue` and `cell` take it. */
  plain(field: Field, value: Fragment): Fragment;
  /** The sum of a column of numbers, with all its digits. Floats add as the decimal numbers they print as, so in any order alike. */
  sum(field: Field, column: Fragment): Fragment;
  /** A `sum` in a form that orders. */
  sumOrder(field: Field, sum: Fragment): Fragment;
  /** A `sum` as the nearest double. */
  double(sum: Fragment): Fragment;
  /** A whole number; weekdays count from Sunday, 0. NULL for what is no date of the calendar. */
  datePart(part: DatePart, field: Field, column: Fragment): Fragment;
}
