/**
 * Counts that would take too long, estimated. The planner is asked where its numbers, which it takes from all rows there are, tell nothing
 * that the caller may not read; otherwise a sample of the rows is counted under the caller's own rules.
 */
import type { Authorized } from '../access/types.ts';
import type { Estimate, Reader } from '../dialect/types.ts';
import { allOf, compare, never } from '../query/filters.ts';
import type { Filter, ReadQuery } from '../query/types.ts';
import { coerceOperand } from '../schema/field-types.ts';
import type { Field } from '../schema/types.ts';
import { rowsStatement, sampleStatement, spanStatement } from '../sql/estimate.ts';

export interface Estimates {
  filtered?: number;
  total?: number;
  byStatus?: Record<string, number>;
}

interface Wanted {
  readonly where: Filter;
  /** The caller's rules alone; the planner's numbers about those are the roughest that there are, and tell the least. */
  readonly rules: Filter;
  /** Whether the planner may be asked about `where`. */
  readonly plain: boolean;
  note(rows: number): void;
}

/** What is to be counted, and where each number goes. */
function wantedOf(query: Authorized<ReadQuery>, into: Estimates): Wanted[] {
  const { counts, collection, where, readable } = query;
  const { total = never, byStatus = never, open = { rows: false, filter: false } } = readable ?? {};
  const wanted: Wanted[] = [];
  const add = (one: Omit<Wanted, 'rules'>): void => {
    wanted.push({ rules: total, ...one });
  };
  const named =
    (name: 'filtered' | 'total') =>
    (rows: number): void => {
      into[name] = rows;
    };
  if (counts.filtered) add({ where, plain: open.filter, note: named('filtered') });
  if (counts.total) add({ where: total, plain: open.rows, note: named('total') });
  if (!counts.byStatus || !collection.status) return wanted;
  const { field, mapping } = collection.status;
  const numbers: Record<string, number> = {};
  into.byStatus = numbers;
  for (const value of mapping.values) {
    const operand = coerceOperand(field, value);
    const note = (rows: number): void => {
      numbers[value] = rows;
    };
    if (operand !== undefined) {
      const rules = allOf([byStatus, compare(field, 'eq', operand)]);
      wanted.push({ where: rules, rules, plain: open.rows, note });
    }
  }
  return wanted;
}

/** Keys looked up for a sample; a power of two, as lists of keys are padded to one. */
const sampleSize = 2048;
/** Fewer rows than this among them say too little: the keys lie far apart. */
const fewest = 64;

function soleNumber(query: ReadQuery): Field | undefined {
  const [key, ...more] = query.collection.key;
  return key?.storage === 'integer' && more.length === 0 ? key : undefined;
}

/** Evenly spread over the keys there may be: their texts, and for how many rows each stands. */
function spread(least: bigint, greatest: bigint): { keys: string[]; weight: number } {
  const span = greatest - least + 1n;
  const size = span < BigInt(sampleSize) ? Number(span) : sampleSize;
  const keys = Array.from({ length: size }, (_, i) => String(least + (BigInt(2 * i + 1) * span) / BigInt(2 * size)));
  return { keys, weight: Number(span) / size };
}

/** The numbers as a sample has them; undefined where the collection's keys give none. */
async function sampled(connection: Reader, query: Authorized<ReadQuery>, filters: readonly Filter[]): Promise<number[] | undefined> {
  const key = soleNumber(query);
  if (!key) return undefined;
  const { collection } = query;
  const [[least, greatest] = []] = await connection.texts(spanStatement(collection, key, connection.dialect));
  if (typeof least !== 'string' || typeof greatest !== 'string') return filters.map(() => 0);
  const { keys, weight } = spread(BigInt(least), BigInt(greatest));
  const [[found, ...matching] = []] = await connection.texts(sampleStatement(collection, key, keys, filters, connection.dialect));
  if (weight > 1 && Number(found) < fewest) return undefined;
  return matching.map((count) => Math.round(Number(count ?? 0) * weight));
}

/** The counts that the query asks for, estimated; undefined where nothing can be said about one of them. */
export async function estimateCounts(connection: Reader, query: Authorized<ReadQuery>): Promise<Estimates | undefined> {
  const estimates: Estimates = {};
  const planned = async (filter: Filter): Promise<Estimate | undefined> =>
    connection.estimate?.(rowsStatement(query.collection, filter, connection.dialect));
  const rest: { one: Wanted; guess: Estimate | undefined }[] = [];
  for (const one of wantedOf(query, estimates)) {
    const guess = one.plain ? await planned(one.where) : undefined;
    if (guess && !guess.guessed) one.note(guess.rows);
    else rest.push({ one, guess });
  }
  if (rest.length === 0) return estimates;
  const filters = rest.map(({ one }) => one.where);
  const numbers = await sampled(connection, query, filters);
  for (const [i, { one, guess }] of rest.entries()) {
    const number = numbers?.[i] ?? (guess ?? (await planned(one.rules)))?.rows;
    if (number === undefined) return undefined;
    one.note(number);
  }
  return estimates;
}
