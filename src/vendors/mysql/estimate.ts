/** How many rows the planner of MySQL or MariaDB expects of a select. */
import type { Connection, Estimate, Row } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';
import type { Flavor } from './dialect.ts';

/** The form that tells `filtered`, the part of a table's rows that are left of it, in percent. */
const explain: Readonly<Record<Flavor, string>> = { mariadb: 'explain extended', mysql: 'explain format=traditional' };

/** Asks the planner; nothing is run. See `Connection.estimate`. */
export async function estimate(connection: Pick<Connection, 'rows'>, select: Statement, flavor: Flavor): Promise<Estimate | undefined> {
  return expected(await connection.rows({ ...select, text: `${explain[flavor]} ${select.text}` }), select.text.includes(' where '));
}

/** Ways through a table on which every row is looked at. */
const throughAll = new Set(['ALL', 'index']);

/**
 * The rows of a plan, multiplied over the tables that the select itself joins; what its sub-selects read has other numbers. Without an
 * index to go by, what is left of a table by a condition is anybody's guess.
 */
export function expected(plan: readonly Row[], conditional: boolean): Estimate | undefined {
  const [first] = plan;
  if (!first) return undefined;
  const own = plan.filter((step) => String(step['id']) === String(first['id']));
  let rows = 1;
  // A step without a table: the planner has seen that there is nothing to find.
  for (const step of own) rows *= (Number(step['rows'] ?? 0) * Number(step['filtered'] ?? 100)) / 100;
  return { rows: Math.round(rows), guessed: conditional && own.some((step) => throughAll.has(String(step['type']))) };
}
