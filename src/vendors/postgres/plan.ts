/** The plans of PostgreSQL. */
import { type PlanSql, planText } from '../../dialect/plan.ts';

export const postgresPlan: PlanSql = {
  statement: (select, measured) => ({ ...select, text: `explain (${measured ? 'analyze, buffers, ' : ''}format json) ${select.text}` }),
  json: planText,
};
