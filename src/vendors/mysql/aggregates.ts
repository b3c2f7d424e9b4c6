/** Groups and aggregates of MySQL and MariaDB. */
import type { AggregateSql } from '../../dialect/types.ts';
import { type Fragment, sql, trusted } from '../../lib/fragment.ts';
import type { Field } from '../../schema/types.ts';
import { single, unpadded } from './compare.ts';

/** Types whose values the server itself tells apart exactly. */
const native = new Set(['integer', 'decimal', 'float', 'year', 'enum', 'set', 'time']);
/** Types of which a zero stands for none. */
const dated = new Set(['date', 'datetime', 'instant']);

/** The collation of a column may take different texts for equal, so texts are told apart by their bytes. */
const bytes = (text: Fragment): Fragment => sql`cast(convert(${text} using utf8mb4) as binary)`;

/** Whether a group's value has another type than text of bytes. */
const isNative = ({ storage }: Field): boolean => native.has(storage) || dated.has(storage) || storage === 'bit' || storage === 'boolean';

/** Bytes by which the server sorts, and so groups, at the most (`max_sort_length`); a character takes up to four. */
const sorted = 1024;

/** Beyond this a sum of decimals could leave the type, which ends at 10^35 with thirty digits behind the point. */
const largest = trusted('1e25');

/** A sum has 22 digits more than the column, but no column of the inner select has more than 65: as text it keeps them all. */
const isWide = (field: Field): boolean => field.storage === 'decimal' && (field.column.precision ?? 65) + 22 > 65;

export const mysqlAggregates: AggregateSql = {
  distinct: (field, column) => {
    if (field.storage === 'boolean' || (field.type === 'boolean' && field.storage === 'integer')) return sql`((${column} + 0) <> 0)`;
    if (field.storage === 'bit') return sql`(${column} + 0)`;
    if (dated.has(field.storage)) {
      const text = sql`cast(${column} as char)`;
      return sql`(case when ${text} not like '0000-00-00%' then ${text} end)`;
    }
    if (native.has(field.storage)) return unpadded(field, column);
    return bytes(field.storage === 'text' ? column : sql`cast(${column} as char)`);
  },
  apart: (field, column) => {
    if (isNative(field) || (field.column.length ?? sorted) * 4 <= sorted) return undefined;
    const text = field.storage === 'text' ? column : sql`cast(${column} as char)`;
    return sql`if(length(${text}) > ${trusted(String(sorted))}, sha2(${bytes(text)}, 256), null)`;
  },
  extreme: (field, column) => (field.storage === 'text' ? bytes(column) : unpadded(field, column)),
  plain: (field, value) => (isNative(field) ? value : sql`convert(${value} using utf8mb4)`),
  sum: (field, column) => {
    if (isWide(field)) return sql`cast(sum(${column}) as char)`;
    if (field.storage !== 'float') return sql`sum(${column})`;
    const shown = field.column.type === 'float' ? single(column) : column;
    const exact = sql`sum(cast(cast(${shown} as char) as decimal(65, 30)))`;
    return sql`(case when max(abs(${column})) < ${largest} then ${exact} else sum(${column}) end)`;
  },
  sumOrder: (field, sum) => (isWide(field) ? sql`cast(${sum} as decimal(65, ${trusted(String(field.column.scale ?? 0))}))` : sum),
  double: (sum) => sql`(${sum} + 0e0)`,
  datePart: (part, _, column) => {
    if (part === 'weekday') return sql`(dayofweek(${column}) - 1)`;
    const found = sql`extract(${trusted(part)} from ${column})`;
    return part === 'year' || part === 'month' || part === 'day' ? sql`nullif(${found}, 0)` : found;
  },
};
