/** How PostgreSQL's columns are compared, ordered and searched: the same as on the other vendors, by the column's index where that agrees. */
import type { Comparisons, Scalar, TextOrder } from '../../dialect/types.ts';
import { type Fragment, nothing, param, sql, trusted } from '../../lib/fragment.ts';
import { lowerCase } from '../../lib/lower-case.ts';
import type { Field } from '../../schema/types.ts';
import type { TextSupport } from './collations.ts';
import { castOf, operandText } from './operands.ts';
import { stored } from './stored.ts';

/** In one line. */
export const base64 = (column: Fragment): Fragment => sql`translate(encode(${column}, 'base64'), E'\n', '')`;

/** Whether the column is text as it stands: nothing is gained by a cast, and an index may be lost. */
export const isText = (field: Field): boolean =>
  field.storage === 'text' && (field.column.type === 'text' || field.column.type === 'varchar');

const compared = new Set([
  'integer',
  'decimal',
  'float',
  'boolean',
  'uuid',
  'date',
  'time',
  'datetime',
  'instant',
  'text',
  'enum',
  'binary',
]);

/** Their text is digits, signs and letters of ASCII: every collation knows the cases of those. */
const plain = new Set(['integer', 'decimal', 'float', 'boolean', 'uuid', 'date', 'time', 'datetime', 'instant', 'binary', 'bit']);

/** Texts whose `=` takes different ones for equal: padding counts in none, cases in others. */
const loose = new Set(['bpchar', 'citext']);

const bytewise = trusted('collate "C"');

function cast(bound: Fragment, type: string): Fragment {
  return type === '' ? bound : sql`${bound}::${trusted(type)}`;
}

function operand(field: Field, value: Scalar): Fragment {
  return cast(param(operandText(field, value)), castOf(field, [value]));
}

/** As the others print it: with an exponent from 10^15 on, unless there is a fraction, and below 10^-15. */
function floatText(column: Fragment): Fragment {
  const large = sql`abs(${column}) >= 1e15 and ${column} = floor(${column})`;
  const small = sql`abs(${column}) < 1e-15 and ${column} <> 0`;
  const other = sql`abs(${column}) < 1e-4 or abs(${column}) >= 1e15`;
  return sql`(case when ${large} or ${small} then replace(${column}::text, 'e+', 'e') when ${other} then (${column}::text)::numeric::text else ${column}::text end)`;
}

function text(field: Field, column: Fragment): Fragment {
  if (field.storage === 'binary') return base64(column);
  if (field.storage === 'float') return floatText(column);
  return isText(field) ? column : sql`${column}::text`;
}

function comparable(field: Field, column: Fragment): Fragment {
  return compared.has(field.storage) ? column : text(field, column);
}

function listed(field: Field, left: Fragment, values: readonly Scalar[], type = castOf(field, values)): Fragment {
  const bound = param(values.map((value) => operandText(field, value)));
  return sql`${left} = any(${cast(bound, type === '' ? '' : `${type}[]`)})`;
}

/** Values that an enum does not have raise an error; no row equals them. */
function possible(field: Field, values: readonly Scalar[]): readonly Scalar[] {
  const labels = field.storage === 'enum' ? field.column.values : undefined;
  return labels ? values.filter((value) => labels.includes(String(value))) : values;
}

/** The comparisons on a server, by the project's own rule for text. */
export function comparisons(support: TextSupport, textOrder: TextOrder): Comparisons {
  const native = textOrder === 'native';

  /** What `=` finds, and beside it the same once more, to the last character, where `=` alone finds too much. */
  function same(field: Field, column: Fragment, find: (left: Fragment, type?: string) => Fragment): Fragment {
    const left = comparable(field, column);
    if (field.storage !== 'text') return find(left);
    if (loose.has(field.column.type)) return sql`(${find(left)} and ${find(sql`${column}::text`, 'text')})`;
    return field.column.collation?.exact === false ? sql`(${find(left)} and ${find(sql`${column} ${bytewise}`)})` : find(left);
  }

  function exactly(field: Field, column: Fragment, value: Scalar): Fragment {
    return same(field, column, (left, type) => sql`${left} = ${type === undefined ? operand(field, value) : cast(param(value), type)}`);
  }

  function equals(field: Field, column: Fragment, value: Scalar): Fragment {
    return native ? sql`${comparable(field, column)} = ${operand(field, value)}` : exactly(field, column, value);
  }

  function isIn(field: Field, column: Fragment, values: readonly Scalar[]): Fragment {
    const known = possible(field, values);
    // NULL stays neither in nor not in.
    if (known.length === 0) return sql`(${column} is null and null)`;
    if (native) return listed(field, comparable(field, column), known);
    return same(field, column, (left, type) => listed(field, left, known, type));
  }

  function ordered(field: Field, column: Fragment): Fragment {
    const { storage } = field;
    const left = comparable(field, column);
    if (native || (storage !== 'text' && compared.has(storage))) return left;
    if (storage !== 'text') return sql`${left} ${bytewise}`;
    if (field.column.type === 'citext' || field.column.type === 'char') return sql`${column}::text ${bytewise}`;
    return field.column.type === 'name' || field.column.collation?.byCodePoint ? left : sql`${left} ${bytewise}`;
  }

  function orderedOperand(field: Field, value: Scalar): Fragment {
    if (field.storage !== 'text' || native) return operand(field, value);
    return cast(param(value), field.column.type === 'bpchar' ? 'bpchar' : 'text');
  }

  function compares(field: Field, column: Fragment, operator: string, value: Scalar): Fragment {
    // A padded column takes no notice of blanks at the end of an operand, before which only control characters come.
    if (field.column.type === 'bpchar' && field.storage === 'text' && String(value).endsWith(' ')) {
      return sql`${column}::text ${bytewise} ${trusted(operator)} ${param(value)}::text`;
    }
    return sql`${ordered(field, column)} ${trusted(operator)} ${orderedOperand(field, value)}`;
  }

  function distinct(field: Field, column: Fragment): Fragment {
    if (field.storage !== 'text' || native) return comparable(field, column);
    if (field.column.type === 'citext') return sql`${column}::text`;
    return field.column.collation?.exact === false ? sql`${column} ${bytewise}` : column;
  }

  function like(field: Field, column: Fragment, pattern: string): Fragment {
    const left = text(field, column);
    const lower = lowerCase(pattern);
    const own = plain.has(field.storage) ? 'simple' : (field.column.collation ?? support.own).lower;
    const exact = field.column.collation?.exact !== false;
    // A language's own lower case of whole words differs in these letters only, and in how many characters they are.
    const alike = own === 'simple' || (own === 'full' && !/[iσς_]|\u0307/.test(lower));
    const { lowering } = support;
    if (!lowering || (alike && exact)) return sql`${left}${exact ? nothing : sql` ${bytewise}`} ilike ${param(lower)}`;
    if (lowering.simple) return sql`${left} collate ${trusted(lowering.name)} ilike ${param(lower)}`;
    return sql`lower(translate(${left}, 'İΣ', 'iσ') collate ${trusted(lowering.name)}) like ${param(lower)}`;
  }

  /** In the column's own type, of which its index is; as text, some would be equal to none (`10.0.0.1/32`). */
  function constrained(field: Field, column: Fragment, value: Scalar): Fragment {
    return compared.has(field.storage) ? sql`${column} = ${operand(field, value)}` : sql`${column} = ${stored(field, value)}`;
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
    likeCased: (field, column, pattern) => sql`${text(field, column)} ${bytewise} like ${param(pattern)}`,
    text,
    sameText: (left, right, collation) => sql`${left} = ${right} collate ${trusted(collation.name)}`,
  };
}
