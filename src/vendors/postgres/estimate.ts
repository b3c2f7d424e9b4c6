/** How many rows PostgreSQL's planner expects of a select. */
import type { Connection, Estimate } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';

interface Plan {
  readonly Plan?: { readonly 'Plan Rows'?: number };
}

/** Asks the planner; nothing is run. See `Connection.estimate`. */
export async function estimate(connection: Pick<Connection, 'texts'>, select: Statement): Promise<Estimate | undefined> {
  const rows = await connection.texts({ ...select, text: `explain (format json) ${select.text}` });
  const [plan] = JSON.parse(rows.map(([line]) => line).join('\n')) as Plan[];
  const expected = plan?.Plan?.['Plan Rows'];
  return expected === undefined ? undefined : { rows: expected, guessed: false };
}
