/** What a database says of a select before it is run: in which way it would find its rows, and how many. */
import type { Statement } from '../lib/fragment.ts';
import type { Row } from './types.ts';

/** What a planner expects. */
export interface Estimate {
  readonly rows: number;
  /** Whether it has no statistics to go by. */
  readonly guessed: boolean;
}

export interface PlanSql {
  /** Asks for the plan; `measured` runs the select and says what it took, which is undefined where the database does not do that. */
  statement(select: Statement, measured: boolean): Statement | undefined;
  /** JSON text of the plan, out of the rows that the statement gave. */
  json(rows: readonly Row[]): string;
}

/** The plan of a database that answers in JSON, or in lines of text: put together out of the one column that there is. */
export function planText(rows: readonly Row[]): string {
  const lines = rows.map((row) => Object.values(row)[0]);
  const [first] = lines;
  if (lines.length === 1 && first !== null && typeof first === 'object') return JSON.stringify(first);
  const text = lines.map(String).join('\n');
  return /^\s*[[{]/.test(text) ? text : JSON.stringify(text.split('\n'));
}
