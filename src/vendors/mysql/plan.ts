/** The plans of MySQL and MariaDB. */
import { type PlanSql, planText } from '../../dialect/plan.ts';
import type { Flavor } from './dialect.ts';

/** What runs the select: MySQL tells it as a tree of text, in every version that does. */
const measuring: Readonly<Record<Flavor, string>> = { mariadb: 'analyze format=json', mysql: 'explain analyze' };

/** How MySQL or MariaDB is asked for its plan. */
export function mysqlPlan(flavor: Flavor): PlanSql {
  return {
    statement: (select, measured) => ({ ...select, text: `${measured ? measuring[flavor] : 'explain format=json'} ${select.text}` }),
    json: planText,
  };
}
