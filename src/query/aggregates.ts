/** Every aggregate function and every part of a date: its name and the fields it works on. A new one is a record here. */
import type { DatePart, Storage } from '../dialect/types.ts';
import type { Field } from '../schema/types.ts';
import type { AggregateFunction } from './types.ts';

const numbers: ReadonlySet<Storage> = new Set<Storage>(['integer', 'decimal', 'float', 'year']);
const ordered: ReadonlySet<Storage> = new Set<Storage>([...numbers, 'text', 'date', 'time', 'datetime', 'instant']);
const composed: ReadonlySet<Storage> = new Set<Storage>(['json', 'binary', 'array', 'geometry']);

/** Text that is served as something else. */
const isComposed = ({ storage, type }: Field): boolean =>
  composed.has(storage) || (storage === 'text' && (type === 'json' || type === 'array'));
const isNumber = ({ storage, type }: Field): boolean => numbers.has(storage) && type !== 'boolean';
const isOrdered = (field: Field): boolean => ordered.has(field.storage) && field.type !== 'boolean' && !isComposed(field);

/** Whether rows can be told apart by the field: then they can be grouped by it. */
export function distinguishes(field: Field): boolean {
  return !isComposed(field);
}

export interface AggregateDefinition {
  readonly id: AggregateFunction;
  /** What it gives, for the documentation. */
  readonly meaning: string;
  readonly takes: (field: Field) => boolean;
  /** What it works on, as a sentence of a refusal ends. */
  readonly works: string;
}

const anything = { takes: () => true, works: 'on every field' };
const onNumbers = { takes: isNumber, works: 'on numbers only' };
const onOrdered = { takes: isOrdered, works: 'on numbers, texts, dates and times only' };

export const aggregateFunctions: readonly AggregateDefinition[] = [
  { id: 'count', meaning: 'the rows (`*`), or those in which the field is not NULL', ...anything },
  {
    id: 'countDistinct',
    meaning: 'how many different values the field has; NULL is none of them',
    takes: distinguishes,
    works: 'on single values only (not on JSON, lists, bytes or shapes)',
  },
  { id: 'sum', meaning: 'the exact sum; of floats the nearest double', ...onNumbers },
  { id: 'avg', meaning: 'the sum as a double, divided by the number of values', ...onNumbers },
  { id: 'min', meaning: 'the lowest value in the order of `sort`', ...onOrdered },
  { id: 'max', meaning: 'the highest value in the order of `sort`', ...onOrdered },
];

const days: ReadonlySet<Storage> = new Set<Storage>(['date', 'datetime', 'instant']);
const moments: ReadonlySet<Storage> = new Set<Storage>(['datetime', 'instant']);

/** The parts of dates that groups may be formed by, and what they are parts of. All are whole numbers, in UTC. */
interface DatePartDefinition {
  readonly id: DatePart;
  readonly of: ReadonlySet<Storage>;
}

/** The parts of dates that groups may be formed by, and what they are parts of. All are whole numbers, in UTC. */
export const dateParts: ReadonlyMap<string, DatePartDefinition> = new Map<string, DatePartDefinition>([
  ...(['year', 'month', 'day', 'weekday'] as const).map((id) => [id, { id, of: days }] as const),
  ...(['hour', 'minute', 'second'] as const).map((id) => [id, { id, of: moments }] as const),
]);
