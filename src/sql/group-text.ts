/** A group as JSON text, out of the cells of its row: group fields under their names, then each function with what it gave. */

import type { TextRow } from '../dialect/types.ts';
import { quoted } from '../lib/json-text.ts';
import type { Measure } from '../query/types.ts';

/** One value of a group as JSON. */
export type ValueWriter = (cells: TextRow) => string;

/** A cell that is JSON already, or null. */
export function plainCell(at: number, write: (text: string) => string = String): ValueWriter {
  return (cells) => {
    const text = cells[at];
    return text === null || text === undefined ? 'null' : write(text);
  };
}

/** A number with all its digits; NaN and the infinities are no numbers to JSON. */
export function number(text: string): string {
  return /^-?\d/.test(text) ? text : quoted(text);
}

/** The nearest double, in its shortest spelling. */
export function double(text: string): string {
  return printed(Number(text));
}

function printed(value: number): string {
  return Number.isFinite(value) ? String(value) : quoted(String(value));
}

/** The mean: the double nearest to the sum, divided by the count. */
export function quotient(sum: number, count: number): ValueWriter {
  return (cells) => {
    const text = cells[sum];
    return text === null || text === undefined ? 'null' : printed(Number(text) / Number(cells[count]));
  };
}

/** Writes a group. What one function gave is an object by field; rows that are counted alone are the number itself. */
export function groupWriter(
  keys: readonly (readonly [as: string, write: ValueWriter])[],
  values: readonly (readonly [measure: Measure, write: ValueWriter])[],
): (cells: TextRow) => string {
  const members = keys.map(([as, write]) => member(as, write));
  for (const name of new Set(values.map(([measure]) => measure.function))) {
    const given = values.filter(([measure]) => measure.function === name);
    const [first] = given;
    const bare = first && given.length === 1 && !first[0].field;
    const fields = given.map(([measure, write]) => member(measure.field?.name ?? '*', write));
    members.push(member(name, bare ? first[1] : object(fields)));
  }
  return object(members);
}

function member(key: string, write: ValueWriter): ValueWriter {
  const head = `${JSON.stringify(key)}:`;
  return (cells) => head + write(cells);
}

function object(members: readonly ValueWriter[]): ValueWriter {
  return (cells) => `{${members.map((write) => write(cells)).join(',')}}`;
}
