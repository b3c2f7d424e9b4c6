/** PostgreSQL's groups and aggregates. */
import type { AggregateSql } from '../../dialect/types.ts';
import { sql, trusted } from '../../lib/fragment.ts';

/** Types whose values are equal when they print the same; of all others the text is what is told apart. */
const native = new Set(['integer', 'decimal', 'float', 'boolean', 'uuid', 'enum', 'date', 'time', 'datetime', 'instant']);

export const postgresAggregates: AggregateSql = {
  distinct: (field, column) => {
    if (field.type === 'boolean' && field.storage === 'integer')
      return sql`(case when ${column} <> 0 then 1 when ${column} = 0 then 0 end)`;
    return native.has(field.storage) ? column : sql`${column}::text collate "C"`;
  },
  extreme: (field, column) => (native.has(field.storage) ? column : sql`${column}::text collate "C"`),
  plain: (_, value) => value,
  sum: (field, column) => {
    if (field.storage !== 'float') return sql`sum(${column})`;
    // By its text: the cast to numeric would keep fifteen digits. Infinity is no number to versions before 14.
    const finite = sql`abs(${column}) < 'Infinity'`;
    return sql`sum(case when ${finite} then ${column}::text::numeric when ${column} is not null then 'NaN'::numeric end)`;
  },
  sumOrder: (_, sum) => sum,
  double: (sum) => sql`${sum}::float8`,
  datePart: (part, field, column) => {
    const moment = field.storage === 'instant' ? sql`(${column} at time zone 'UTC')` : column;
    return sql`(case when isfinite(${moment}) then floor(extract(${trusted(part === 'weekday' ? 'dow' : part)} from ${moment}))::int end)`;
  },
};
