/** SQLite's groups and aggregates. Sums are made of functions of ours (sums.ts), since its own are 64-bit integers or doubles. */
import type { AggregateSql, DatePart } from '../../dialect/types.ts';
import { type Fragment, sql, trusted } from '../../lib/fragment.ts';
import { isTrue } from './truth.ts';

const numbers = new Set(['integer', 'decimal', 'float', 'year', 'bit']);

const formats: Readonly<Record<DatePart, string>> = {
  year: '%Y',
  month: '%m',
  day: '%d',
  weekday: '%w',
  hour: '%H',
  minute: '%M',
  second: '%S',
};

/** A column may have a collation of its own. */
const exact = (column: Fragment): Fragment => sql`(${column} collate binary)`;

export const sqliteAggregates: AggregateSql = {
  distinct: (field, column) => {
    if (field.storage === 'boolean' || (field.type === 'boolean' && field.storage === 'integer')) {
      return sql`(case when ${column} is null then null when ${isTrue(column)} then 1 else 0 end)`;
    }
    return numbers.has(field.storage) ? column : exact(column);
  },
  extreme: (field, column) => (numbers.has(field.storage) ? column : exact(column)),
  plain: (_, value) => value,
  sum: (field, column) => {
    const scale = trusted(String(field.storage === 'decimal' ? (field.column.scale ?? 0) : 0));
    const whole = sql`filter (where typeof(${column}) = 'integer')`;
    const broken = sql`filter (where typeof(${column}) = 'real')`;
    return sql`sallyport_total(sum(${column} >> 32) ${whole}, sum(${column} & 4294967295) ${whole}, sallyport_sum(${column}, ${scale}) ${broken}, ${scale})`;
  },
  sumOrder: (_, sum) => sql`sallyport_rank(${sum})`,
  double: (sum) => sql`sallyport_double(${sum})`,
  datePart: (part, _, column) => {
    const dated = sql`${column} glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'`;
    // Without the fraction of a second, which strftime would round.
    return sql`(case when ${dated} then cast(strftime(${trusted(`'${formats[part]}'`)}, substr(${column}, 1, 19)) as integer) end)`;
  },
};
