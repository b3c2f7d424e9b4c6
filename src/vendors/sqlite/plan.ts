/** The plans of SQLite: its steps, each with those that it is made of. It measures nothing. */
import type { PlanSql } from '../../dialect/plan.ts';

interface Step {
  readonly detail: string;
  readonly steps: Step[];
}

export const sqlitePlan: PlanSql = {
  statement: (select, measured) => (measured ? undefined : { ...select, text: `explain query plan ${select.text}` }),
  json(rows) {
    const roots: Step[] = [];
    const known = new Map<string, Step>();
    for (const row of rows) {
      const step: Step = { detail: String(row['detail']), steps: [] };
      known.set(String(row['id']), step);
      (known.get(String(row['parent']))?.steps ?? roots).push(step);
    }
    return JSON.stringify(roots);
  },
};
