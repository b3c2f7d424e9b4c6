/** How columns of MySQL and MariaDB are compared, ordered and searched: the same as on the other vendors, by the column's index where that finds enough. */
import type { Collation, Comparisons, Scalar, TextOrder } from '../../dialect/types.ts';
import { type Fragment, join, param, sql, trusted } from '../../lib/fragment.ts';
import { lowerCase } from '../../lib/lower-case.ts';
import type { Field } from '../../schema/types.ts';
import type { Flavor } from './dialect.ts';
import { operand } from './operands.ts';

/** By code point, blanks at the end included. */
const bytewise: Readonly<Record<Flavor, string>> = { mysql: 'utf8mb4_0900_bin', mariadb: 'utf8mb4_nopad_bin' };
/** Whose upper and lower case are Unicode's, beyond the first 65,536 letters too. */
const lettered: Readonly<Record<Flavor, string>> = { mysql: 'utf8mb4_0900_ai_ci', mariadb: 'utf8mb4_unicode_520_ci' };

/** What a collation of the catalogue does; its lower case is never used. */
export function collationOf(name: string): Collation {
  const same = name === bytewise.mysql || name === bytewise.mariadb;
  return { name, exact: same, byCodePoint: same };
}

/** The character set, which a collation's name begins with. */
const charsetOf = (field: Field): string => field.column.collation?.name.split('_')[0] ?? 'unknown';

/** Whether the column's character set has all letters of the operand: the server refuses to compare with others. */
function fits(field: Field, value: Scalar): boolean {
  const text = String(value);
  switch (charsetOf(field)) {
    case 'utf8mb4':
      return true;
    case 'utf8':
    case 'utf8mb3':
      return !/[\u{10000}-\u{10ffff}]/u.test(text);
    case 'latin1':
      return /^[\0-\x7f\xa0-\xff]*$/.test(text);
    default:
      return /^[\0-\x7f]*$/.test(text);
  }
}

const worded = new Set(['text', 'set']);
const asText = new Set(['text', 'enum', 'set', 'geometry', 'json', 'unknown', 'uuid', 'interval', 'array', 'range']);
/** Types without an order of their own, and one whose order is that of its swapped parts. */
const byText = new Set(['geometry', 'json', 'unknown', 'interval', 'array', 'range', 'uuid']);

/** The largest of single precision. MySQL itself refuses to make a single of what is a little more, as that number with eight digits is. */
const largest = '3.4028234663852886e38';

/**
 * A number of single precision in the shortest spelling that is the same. The server prints six digits, which may be another number; up
 * to nine are needed.
 */
export function single(column: Fragment): Fragment {
  const shown = sql`(cast(${column} as char) + 0e0)`;
  const rounded = (digits: number): Fragment => sql`round(${column} + 0e0, ${trusted(String(digits - 1))} - floor(log10(abs(${column}))))`;
  const within = (one: Fragment): Fragment => sql`least(greatest(${one}, -${trusted(largest)}), ${trusted(largest)})`;
  const candidates = [shown, rounded(7), rounded(8)].map((one) => sql`when cast(${within(one)} as float) = ${column} then ${one}`);
  return sql`case ${join(candidates, ' ')} else ${rounded(9)} end`;
}

/** Without the zeros that a ZEROFILL column is printed with, which no number of JSON may begin with. */
export function unpadded(field: Field, column: Fragment): Fragment {
  return field.column.padded ? sql`(${column} + 0)` : column;
}

/** In one line. */
export const base64 = (column: Fragment): Fragment => sql`replace(to_base64(${column}), char(10 using utf8mb4), '')`;

/** The text of a column in the character set of the connection; `text` is the column, or its text where it is none. */
export function unicode(field: Field, text: Fragment): Fragment {
  const own = worded.has(field.storage) || field.storage === 'enum';
  return own && charsetOf(field) !== 'utf8mb4' ? sql`convert(${text} using utf8mb4)` : text;
}

interface Bytes {
  /** The text of a column, to be compared by code point. */
  bytes(field: Field, column: Fragment): Fragment;
}

/** The comparisons of one flavor, by the project's own rule for text. */
export function comparisons(
  flavor: Flavor,
  textOrder: TextOrder,
  temporal: (field: Field, column: Fragment) => Fragment,
): Comparisons & Bytes {
  const native = textOrder === 'native';
  const binary = trusted(`collate ${bytewise[flavor]}`);

  function textOf(field: Field, column: Fragment): Fragment {
    switch (field.storage) {
      case 'text':
      case 'enum':
      case 'set':
        return column;
      case 'binary':
        return base64(column);
      case 'geometry':
        return sql`convert(st_astext(${column}) using utf8mb4)`;
      case 'boolean':
        return sql`case when ${column} + 0 <> 0 then 'true' when ${column} is not null then 'false' end`;
      case 'bit':
        return sql`cast(${column} + 0 as char)`;
      case 'float':
        return sql`cast(${field.column.type === 'float' ? single(column) : unpadded(field, column)} as char)`;
      case 'date':
      case 'time':
      case 'datetime':
      case 'instant':
        return temporal(field, column);
      default:
        return sql`cast(${unpadded(field, column)} as char)`;
    }
  }

  const bytes = (field: Field, column: Fragment): Fragment => sql`${unicode(field, textOf(field, column))} ${binary}`;

  function comparable(field: Field, column: Fragment): Fragment {
    return byText.has(field.storage) && field.storage !== 'uuid' ? bytes(field, column) : column;
  }

  /** `find` over the column, for its index, and beside it over its bytes where that alone finds too much. */
  function same(field: Field, column: Fragment, values: readonly Scalar[], find: (left: Fragment) => Fragment): Fragment {
    if (!worded.has(field.storage) || field.column.collation?.exact) return find(comparable(field, column));
    const exact = find(bytes(field, column));
    return values.every((value) => fits(field, value)) ? sql`(${find(column)} and ${exact})` : exact;
  }

  function exactly(field: Field, column: Fragment, value: Scalar): Fragment {
    return same(field, column, [value], (left) => sql`${left} = ${operand(field, value)}`);
  }

  function equals(field: Field, column: Fragment, value: Scalar): Fragment {
    if (native && fits(field, value)) return sql`${comparable(field, column)} = ${operand(field, value)}`;
    return exactly(field, column, value);
  }

  function constrained(field: Field, column: Fragment, value: Scalar): Fragment {
    return worded.has(field.storage) && !fits(field, value) ? sql`1 = 0` : sql`${column} = ${operand(field, value)}`;
  }

  function isIn(field: Field, column: Fragment, values: readonly Scalar[]): Fragment {
    // Padded to a power of two, so that lists of different length share a statement's text.
    const padded = [...values];
    const last = values[values.length - 1];
    if (last !== undefined) while ((padded.length & (padded.length - 1)) !== 0) padded.push(last);
    const find = (left: Fragment): Fragment => {
      const operands = padded.map((value) => operand(field, value));
      return sql`${left} in (${join(operands, ', ')})`;
    };
    return native && values.every((value) => fits(field, value)) ? find(comparable(field, column)) : same(field, column, values, find);
  }

  function ordered(field: Field, column: Fragment): Fragment {
    // By the number of its label; compared as it is, an enum is a text.
    if (field.storage === 'enum') return sql`(${column} + 0)`;
    if (worded.has(field.storage)) return native || field.column.collation?.byCodePoint ? column : bytes(field, column);
    return byText.has(field.storage) ? bytes(field, column) : column;
  }

  function orderedOperand(field: Field, value: Scalar): Fragment {
    if (field.storage !== 'enum') return operand(field, value);
    const label = field.column.values?.indexOf(String(value)) ?? -1;
    return sql`cast(${param(String(label + 1))} as signed)`;
  }

  function compares(field: Field, column: Fragment, operator: string, value: Scalar): Fragment {
    const left = native && worded.has(field.storage) && !fits(field, value) ? bytes(field, column) : ordered(field, column);
    return sql`${left} ${trusted(operator)} ${orderedOperand(field, value)}`;
  }

  function distinct(field: Field, column: Fragment): Fragment {
    if (worded.has(field.storage)) return native || field.column.collation?.exact ? column : bytes(field, column);
    return byText.has(field.storage) && field.storage !== 'uuid' ? bytes(field, column) : column;
  }

  function like(field: Field, column: Fragment, pattern: string): Fragment {
    const text = asText.has(field.storage)
      ? sql`${unicode(field, textOf(field, column))} collate ${trusted(lettered[flavor])}`
      : textOf(field, column);
    return sql`lower(${text}) collate utf8mb4_bin like ${param(lowerCase(pattern))}`;
  }

  function sameText(left: Fragment, right: Fragment, collation: Collation): Fragment {
    const charset = collation.name.split('_')[0] ?? '';
    // A smaller character set would make question marks of what it lacks.
    if (!/^utf8(mb[34])?$/.test(charset)) return sql`convert(${left} using utf8mb4) = convert(${right} using utf8mb4) ${binary}`;
    return sql`${left} = convert(${right} using ${trusted(charset)}) collate ${trusted(collation.name)}`;
  }

  return {
    operand,
    constrained,
    equals,
    exactly,
    isIn,
    compares,
    ordered,
    orderedOperand,
    distinct,
    like,
    likeCased: (field, column, pattern) => sql`${bytes(field, column)} like ${param(pattern)}`,
    text: textOf,
    sameText,
    bytes,
  };
}
