/** Requests that read over GraphQL: lists, pages and groups, with filters and nested lists of their own. */
import { graphqlName, pascalName } from '../../src/schema/names.ts';
import type { Request } from './request.ts';
import { anyColumn, anyTable, key, operand, path, stepsFrom, tableNamed, type Vocabulary } from './vocabulary.ts';
import type { Table } from './world.ts';

const typed = ['eq', 'neq', 'lt', 'gte', 'in', 'between', 'null', 'contains', 'empty'] as const;

/** A value as the scalar of the column has it; a wrong one is refused, which must not tell anything either. */
function value(words: Vocabulary, table: Table, column: string): unknown {
  const text = operand(words, table, column);
  return /^-?\d{1,9}$/.test(text) && words.dice.chance(0.8) ? Number(text) : text;
}

/** A condition on rows of the table. */
export function where(words: Vocabulary, table: Table, depth: number): Record<string, unknown> {
  const { world, dice } = words;
  const steps = stepsFrom(world, table);
  if (depth > 0 && dice.chance(0.3))
    return { [dice.pick(['_and', '_or'])]: [where(words, table, depth - 1), where(words, table, depth - 1)] };
  if (depth > 0 && dice.chance(0.15)) return { _not: where(words, table, depth - 1) };
  if (depth > 0 && steps.length > 0 && dice.chance(0.5)) {
    const { name, to, many } = dice.pick(steps);
    const quantifier = dice.pick(many ? ['_some', '_none', '_every'] : ['_is', '_is_not']);
    return { [graphqlName(name)]: { [quantifier]: where(words, tableNamed(world, to), depth - 1) } };
  }
  const column = anyColumn(words, table);
  const operator = dice.pick(typed);
  const list = operator === 'in' || operator === 'between';
  const flag = operator === 'null' || operator === 'empty';
  const asked = flag ? dice.chance(0.5) : list ? [value(words, table, column), value(words, table, column)] : value(words, table, column);
  return { [graphqlName(column)]: { [`_${operator}`]: asked } };
}

/** Fields of an item; relations under names of their own, with arguments. */
export function fields(words: Vocabulary, table: Table, depth: number): string {
  const { world, dice } = words;
  const links = new Set(table.links.map(({ column }) => column));
  const plain = Array.from({ length: 1 + dice.below(3) }, () => anyColumn(words, table)).filter((name) => !links.has(name));
  const nested = depth === 0 ? [] : stepsFrom(world, table).filter(() => dice.chance(0.5));
  const parts = nested.map(({ name, to, many }, i) => {
    const target = tableNamed(world, to);
    const sort = dice.chance(0.5)
      ? `(limit: ${1 + dice.below(3)}, sort: ["${dice.chance(0.5) ? '-' : ''}${anyColumn(words, target)}"])`
      : '';
    return `${many ? `n${depth}${i}: ` : ''}${graphqlName(name)}${many ? sort : ''} { ${fields(words, target, depth - 1)} }`;
  });
  return ['id', ...new Set(plain.map(graphqlName)), ...parts].join(' ');
}

const ask = (query: string, variables: Record<string, unknown>): Request => ({ method: 'POST', url: 'gql', body: { query, variables } });

/** One request by GraphQL. */
export function graphqlRequest(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const [name, type] = [graphqlName(table.name), pascalName(table.name)];
  const which = dice.chance(0.7) ? 'where: $where' : `where: $where, search: "${dice.pick(['pie', 'tree', 'o'])}"`;
  const asked = dice.chance(0.75) ? { where: where(words, table, 2) } : {};
  const sort = dice.chance(0.6) ? `, sort: ["${dice.chance(0.5) ? '-' : ''}${path(words, table, 2, true)}"]` : '';
  const status = table.status && dice.chance(0.2) ? `, status: ["${dice.pick(['*', 'draft', 'gone'])}"]` : '';
  const field = dice.pick([
    `${name}(${which}${sort}${status}, limit: ${1 + dice.below(4)}) { data { ${fields(words, table, 2)} } meta { total_count filter_count result_count } }`,
    `${name}(${which}${status}) { meta { total_count filter_count status_count } }`,
    `${name}_connection(${which}${sort}, first: 2) { nodes { ${fields(words, table, 1)} } totalCount pageInfo { hasNextPage } }`,
    `${name}_aggregated(${which}${status}, sort: ["count"]) { count group { ${graphqlName(anyColumn(words, table))} } max { ${graphqlName(anyColumn(words, table))} } }`,
    `${name}_by_id(id: ${key(words, table)}) { ${fields(words, table, 2)} }`,
    '__schema { queryType { fields { name type { fields { name } } } } mutationType { fields { name } } }',
  ]);
  const used = field.includes('$where');
  return ask(used ? `query ($where: ${type}Where) { ${field} }` : `{ ${field} }`, used ? asked : {});
}
