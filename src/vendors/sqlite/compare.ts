/** How SQLite's columns are compared, ordered and searched: the same as on the other vendors, by the column's index where that agrees. */
import type { Comparisons, Scalar, TextOrder } from '../../dialect/types.ts';
import { type Fragment, join, param, sql, trusted } from '../../lib/fragment.ts';
import { lowerCase } from '../../lib/lower-case.ts';
import { daysAround } from '../../schema/calendar.ts';
import type { Field } from '../../schema/types.ts';
import { isExact, restated, stored } from './numbers.ts';
import { isTrue } from './truth.ts';

const literal = (text: string): Fragment => trusted(`'${text.replace(/'/g, "''")}'`);

const numbers = new Set(['integer', 'decimal', 'year', 'bit']);

function bound(field: Field, value: Scalar): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (field.storage === 'boolean') return value === 'true' ? 1n : 0n;
  if (field.storage === 'float') return Number(value);
  if (field.storage === 'binary') return Buffer.from(value, 'base64');
  return numbers.has(field.storage) ? stored(value) : value;
}

/** Whether an operand is a number that no row of the column can hold. */
const beyond = (field: Field, value: Scalar): value is string => numbers.has(field.storage) && typeof value === 'string' && !isExact(value);

/** Values as one JSON list, 64-bit integers spelled out. */
function listText(values: readonly unknown[]): string {
  const texts = values.map((one) => (typeof one === 'bigint' || typeof one === 'number' ? String(one) : JSON.stringify(one)));
  return `[${texts.join(',')}]`;
}

/** Stored as texts that may be spelled in several ways. */
const moments: ReadonlySet<string> = new Set(['date', 'time', 'datetime', 'instant']);
/** Told apart by their bytes, whatever collation a column was declared with. */
const worded: ReadonlySet<string> = new Set(['text', 'enum', 'set', 'uuid', ...moments]);
const textual = new Set(['unknown', 'json', 'array', 'range', 'geometry', 'interval']);

const binary = trusted('collate binary');

/** Decimals with the digits their declaration promises; those a column holds beyond it are not rounded away. */
function decimalText(field: Field, column: Fragment): Fragment {
  const scale = field.column.scale ?? 0;
  const other = sql`cast(sallyport_float(${column}) as text)`;
  if (scale <= 0) return other;
  const printed = sql`printf(${literal(`%.${scale}f`)}, ${column})`;
  const real = sql`iif(cast(${printed} as real) = ${column}, ${printed}, ${other})`;
  return sql`case typeof(${column}) when 'real' then ${real} when 'integer' then ${column} || ${literal(`.${'0'.repeat(scale)}`)} else ${other} end`;
}

function text(field: Field, column: Fragment): Fragment {
  switch (field.storage) {
    case 'binary':
      return sql`sallyport_base64(${column})`;
    case 'text':
      return column;
    case 'decimal':
      return decimalText(field, column);
    case 'float':
      return sql`sallyport_float(${column})`;
    case 'boolean':
      return sql`case when ${column} is null then null when ${isTrue(column)} then 'true' else 'false' end`;
    default:
      return sql`cast(${column} as text)`;
  }
}

function comparable(field: Field, column: Fragment): Fragment {
  return textual.has(field.storage) ? text(field, column) : column;
}

const operand = (field: Field, value: Scalar): Fragment => param(bound(field, value));

/** The canonical spelling of a stored date or time; what is none stays as it is. `sallyport_moment` is ours (functions.ts). */
const spelled = (field: Field, column: Fragment): Fragment => sql`sallyport_moment(${literal(field.storage)}, ${column})`;

/**
 * Texts that the spellings of a moment lie between, whatever its separators, fractions and offset: an index finds the few rows that
 * have to be looked at closely.
 */
function around(field: Field, value: Scalar): readonly [from: string, to: string] {
  const canonical = String(value);
  return field.storage === 'time' ? [canonical.slice(0, 5), `${canonical.slice(0, 5)};`] : daysAround(canonical);
}

/** Never true: false, or of NULL unknown. */
const unequal = (column: Fragment): Fragment => sql`(${column} is null and null)`;

/** The comparisons by the project's own rule for text. */
export function comparisons(textOrder: TextOrder): Comparisons {
  const native = textOrder === 'native';

  /** `find` over the column's bytes; beside it over the collation of an index that could not serve otherwise. */
  function same(field: Field, column: Fragment, find: (left: Fragment) => Fragment): Fragment {
    if (!worded.has(field.storage)) return find(comparable(field, column));
    const { collation } = field.column;
    const exact = find(sql`${column} ${binary}`);
    return collation ? sql`(${find(sql`${column} collate ${trusted(collation.name)}`)} and ${exact})` : exact;
  }

  function within(field: Field, column: Fragment, from: string, to: string): Fragment {
    const left = ordered(field, column);
    return sql`${left} >= ${param(from)} and ${left} < ${param(to)}`;
  }

  function isIn(field: Field, column: Fragment, values: readonly Scalar[]): Fragment {
    if (moments.has(field.storage)) {
      const bounds = values.map((value) => around(field, value));
      const from = bounds.map(([low]) => low).reduce((a, b) => (a < b ? a : b));
      const to = bounds.map(([, high]) => high).reduce((a, b) => (a > b ? a : b));
      return sql`(${within(field, column, from, to)} and ${spelled(field, column)} in (select value from json_each(${param(listText(values))})))`;
    }
    if (field.storage === 'binary') {
      const operands = values.map((value) => operand(field, value));
      return sql`${column} in (${join(operands, ', ')})`;
    }
    const possible = values.filter((value) => !beyond(field, value));
    // NULL stays neither in nor not in.
    if (possible.length === 0) return unequal(column);
    const list = listText(possible.flatMap((value) => spellings(field, value)));
    const find = (left: Fragment): Fragment => sql`${left} in (select value from json_each(${param(list)}))`;
    return native ? find(comparable(field, column)) : same(field, column, find);
  }

  /** A UUID may be stored in either case; it is served, and so asked for, as it is stored. */
  function spellings(field: Field, value: Scalar): unknown[] {
    return field.storage === 'uuid' ? [String(value), String(value).toUpperCase()] : [bound(field, value)];
  }

  function exactly(field: Field, column: Fragment, value: Scalar): Fragment {
    if (moments.has(field.storage)) {
      const [from, to] = around(field, value);
      return sql`(${within(field, column, from, to)} and ${spelled(field, column)} = ${param(value)})`;
    }
    if (field.storage === 'uuid') return isIn(field, column, [value]);
    if (beyond(field, value)) return unequal(column);
    return same(field, column, (left) => sql`${left} = ${operand(field, value)}`);
  }

  function equals(field: Field, column: Fragment, value: Scalar): Fragment {
    if (!native || !worded.has(field.storage) || moments.has(field.storage) || field.storage === 'uuid')
      return exactly(field, column, value);
    return sql`${comparable(field, column)} = ${operand(field, value)}`;
  }

  function ordered(field: Field, column: Fragment): Fragment {
    if (textual.has(field.storage)) return sql`${text(field, column)} ${binary}`;
    return worded.has(field.storage) && !native ? sql`${column} ${binary}` : column;
  }

  function compares(field: Field, column: Fragment, operator: '<' | '<=' | '>' | '>=', value: Scalar): Fragment {
    const left = ordered(field, column);
    const sign = trusted(operator);
    const other = beyond(field, value) ? restated(operator, value, field.storage !== 'decimal') : undefined;
    if (other) return sql`${left} ${trusted(other.operator)} ${param(other.value)}`;
    if (!moments.has(field.storage)) return sql`${left} ${sign} ${operand(field, value)}`;
    // Far from the operand the stored text alone decides; only near it the spelling counts.
    const [from, to] = around(field, value);
    const near = sql`${spelled(field, column)} ${sign} ${param(value)}`;
    if (operator.startsWith('<')) return sql`(${left} < ${param(to)} and (${left} < ${param(from)} or ${near}))`;
    return sql`(${left} >= ${param(from)} and (${left} >= ${param(to)} or ${near}))`;
  }

  /** Constraints tell spellings of one value apart; whoever looks for a row means the value. */
  function constrained(field: Field, column: Fragment, value: Scalar): Fragment {
    return field.column.spelled ? exactly(field, column, value) : sql`${column} = ${operand(field, value)}`;
  }

  return {
    operand,
    constrained,
    equals,
    exactly,
    isIn,
    compares,
    ordered,
    orderedOperand: operand,
    distinct: (field, column) => (native ? comparable(field, column) : ordered(field, column)),
    like,
    likeCased,
    text,
    sameText: (left, right) => sql`${left} = ${right}`,
  };
}

/** A pattern of LIKE as one of GLOB, which tells cases apart. */
function globbed(pattern: string): string {
  return pattern.replace(/\\([\s\S])|([%_])|([*?[])/g, (_, literal: string | undefined, wildcard: string | undefined, other: string) => {
    if (wildcard !== undefined) return wildcard === '%' ? '*' : '?';
    const character = literal ?? other;
    return /[*?[]/.test(character) ? `[${character}]` : character;
  });
}

function likeCased(field: Field, column: Fragment, pattern: string): Fragment {
  return sql`${text(field, column)} glob ${param(globbed(pattern))}`;
}

/** By itself LIKE knows the cases of A to Z only; two letters beyond them are an i and a k in lower case. */
function like(field: Field, column: Fragment, pattern: string): Fragment {
  const sought = lowerCase(pattern);
  const found = text(field, column);
  const matches = (left: Fragment): Fragment => sql`${left} like ${param(sought)} escape '\\'`;
  // Digits and letters of ASCII only.
  if (field.storage !== 'text' && !textual.has(field.storage)) return matches(found);
  if (/[^\0-\x7f]/.test(sought)) return matches(sql`sallyport_lower(${found})`);
  return /[ik]/.test(sought) ? matches(sql`replace(replace(${found}, 'İ', 'i'), '\u212a', 'k')`) : matches(found);
}
