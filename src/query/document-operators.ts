/** Operators that take NULL, dates and lists as the surfaces of content systems do: what is not there differs from every value (payload-rest §4). */
import { type Clock, coerceOperand } from '../schema/field-types.ts';
import type { Field } from '../schema/types.ts';
import { allOf, always, anyOf, compare, containing, isNotNull, isNull, never, not } from './filters.ts';
import type { Comparison, Filter } from './types.ts';

type OnField = (field: Field, value: unknown, at: Clock) => Filter;

export interface DocumentOperator {
  readonly id: string;
  readonly meaning: string;
  readonly onField: OnField;
  readonly list?: true;
  readonly seeks?: true;
}

const isText = ({ storage }: Field): boolean => storage === 'text' || storage === 'enum' || storage === 'set';

const moments: ReadonlySet<string> = new Set(['date', 'datetime', 'instant']);
const isMoment = ({ storage, type }: Field): boolean => moments.has(storage) || type === 'date' || type.startsWith('datetime');

/** Whether the operand stands for NULL: the word and nothing at all, where the column holds no texts. */
function isAbsent(field: Field, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'string' && !isText(field) && /^(?:null)?$/i.test(value.trim());
}

/** Milliseconds since 1970 as the moment that they are. */
function moment(field: Field, value: unknown): unknown {
  if (!isMoment(field) || !/^-?\d{9,15}$/.test(String(value).trim())) return value;
  const date = new Date(Number(value));
  return Number.isNaN(date.getTime()) ? value : date.toISOString();
}

const operand = (field: Field, value: unknown) => coerceOperand(field, moment(field, value));

function equals(field: Field, value: unknown): Filter {
  if (isAbsent(field, value)) return isNull(field);
  const found = operand(field, value);
  return found === undefined ? never : compare(field, 'eq', found);
}

const ordering =
  (operator: Comparison): OnField =>
  (field, value) => {
    const found = isAbsent(field, value) ? undefined : operand(field, value);
    return found === undefined ? never : compare(field, operator, found);
  };

function listed(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  const text = String(value ?? '');
  return text === '' ? [] : text.split(',');
}

function anyOfList(field: Field, value: unknown): Filter {
  const values = listed(value);
  const found = [...new Set(values.flatMap((one) => (isAbsent(field, one) ? [] : (operand(field, one) ?? []))))];
  return anyOf([
    values.some((one) => isAbsent(field, one)) ? isNull(field) : never,
    found.length === 0 ? never : compare(field, 'in', ...found),
  ]);
}

/** Whether texts are looked for inside the values at all: numbers, keys and dates are equal or they are not. */
const holdsTexts = (field: Field): boolean =>
  (isText(field) && !field.primaryKey) || field.storage === 'json' || field.storage === 'unknown';

function inside(field: Field, text: string): Filter {
  return text.includes('\0') ? never : { is: 'like', field, pattern: containing(text), negated: false };
}

/** Every word of the operand stands somewhere in the value. */
function words(field: Field, value: unknown): Filter {
  if (!holdsTexts(field)) return equals(field, value);
  const wanted = String(value ?? '')
    .split(/\s+/)
    .filter((word) => word !== '');
  return wanted.length === 0 ? isNotNull(field) : allOf(wanted.map((word) => inside(field, word)));
}

function holds(field: Field, value: unknown): Filter {
  const text = String(value ?? '');
  return text === '' ? isNotNull(field) : inside(field, text);
}

const literally = (text: string): string => containing(text).slice(1, -1);

const cased = (field: Field, pattern: string): Filter => ({ is: 'like', field, pattern, negated: false, cased: true });

/** Whether a list in a column holds the value: one with commas between its texts, or one of JSON. */
function holdsOne(field: Field, value: unknown): Filter {
  const text = String(value ?? '');
  if (text === '' || text.includes('\0')) return never;
  if (field.type === 'array' && isText(field)) {
    const one = literally(text);
    return anyOf([compare(field, 'eq', text), ...[`${one},%`, `%,${one}`, `%,${one},%`].map((pattern) => cased(field, pattern))]);
  }
  if (field.type === 'json' || field.storage === 'json') return cased(field, `%${literally(JSON.stringify(text))}%`);
  return equals(field, value);
}

/** A list holds every value; a column of one value is equal to all of them, or they differ from one another. */
function holdsAll(field: Field, value: unknown): Filter {
  const values = listed(value);
  return values.length === 0 ? never : allOf(values.map((one) => holdsOne(field, one)));
}

const opposite =
  (of: OnField): OnField =>
  (field, value, at) =>
    not(of(field, value, at));

/** With an operand that is no value of the field, a negative operator finds everything but NULL. */
function differs(field: Field, value: unknown): Filter {
  if (isAbsent(field, value)) return isNotNull(field);
  return operand(field, value) === undefined ? isNotNull(field) : not(equals(field, value));
}

function exists(field: Field, value: unknown): Filter {
  return String(value).toLowerCase() === 'true' ? isNotNull(field) : isNull(field);
}

export const documentOperators: readonly DocumentOperator[] = [
  { id: 'equals', meaning: 'equal; null finds NULL', onField: equals },
  { id: 'not-equals', meaning: 'not equal; NULL differs from every value', onField: differs },
  { id: 'later', meaning: 'greater than', onField: ordering('gt') },
  { id: 'later-or-equal', meaning: 'greater than or equal', onField: ordering('gte') },
  { id: 'earlier', meaning: 'less than', onField: ordering('lt') },
  { id: 'earlier-or-equal', meaning: 'less than or equal', onField: ordering('lte') },
  { id: 'words', meaning: 'every word stands somewhere in the text, upper and lower case alike', onField: words, seeks: true },
  { id: 'not-words', meaning: 'a word is missing, or the text is', onField: opposite(words), seeks: true },
  { id: 'holds', meaning: 'the text stands in the value, upper and lower case alike', onField: holds, seeks: true },
  { id: 'any-of', meaning: 'one of a list; null among them finds NULL', list: true, onField: anyOfList },
  {
    id: 'none-of',
    meaning: 'none of a list; NULL is none of them',
    list: true,
    onField: (field, value) => (listed(value).length === 0 ? always : not(anyOfList(field, value))),
  },
  { id: 'holds-all', meaning: 'a list that holds every value; a single value that is equal to all of them', list: true, onField: holdsAll },
  { id: 'exists', meaning: 'whether there is a value: true or false', onField: exists },
];
