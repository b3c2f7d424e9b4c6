/** Filters in both forms. */
import { anyColumn, operand, operators, path, stepsFrom, tableNamed, type Vocabulary, walk } from './vocabulary.ts';
import type { Table } from './world.ts';

export type Filtered = 'pairs' | 'tree' | 'none';

const withoutOperand = new Set<string>(['null', 'nnull', 'empty', 'nempty']);

/** `filter[path][operator]=value` */
export function filterPairs(words: Vocabulary, table: Table): string[] {
  const { world, dice } = words;
  return Array.from({ length: 1 + dice.below(2) }, () => {
    const lists = stepsFrom(world, table).filter(({ many }) => many);
    if (lists.length > 0 && dice.chance(0.15)) {
      const { name } = dice.pick(lists);
      return `filter[${name}][${dice.pick(['has', 'nhas', 'all', 'empty', 'nempty', 'in'])}]=${1 + dice.below(4)}`;
    }
    if (dice.chance(0.3)) return `filter[${path(words, table, 2)}][${dice.pick(['nnull', 'null', 'nempty'])}]=1`;
    const { steps, end } = walk(words, table, 2);
    const column = anyColumn(words, end);
    const name = [...steps.map((step) => step.name), column].join('.');
    const or = dice.chance(0.25) ? `&filter[${name}][logical]=or` : '';
    return `filter[${name}][${dice.pick(operators)}]=${encodeURIComponent(operand(words, end, column))}${or}`;
  });
}

/** A filter as a JSON value, of groups and quantifiers. */
export function filterTree(words: Vocabulary, table: Table, depth: number): Record<string, unknown> {
  const { world, dice } = words;
  const steps = stepsFrom(world, table);
  if (depth > 0 && dice.chance(0.25)) {
    return { [dice.pick(['_and', '_or'])]: [filterTree(words, table, depth - 1), filterTree(words, table, depth - 1)] };
  }
  if (depth > 0 && dice.chance(0.15)) return { _not: filterTree(words, table, depth - 1) };
  if (depth > 0 && steps.length > 0 && dice.chance(0.5)) {
    const { name, to, many } = dice.pick(steps);
    const inner = filterTree(words, tableNamed(world, to), depth - 1);
    const quantifier = many ? dice.pick(['', '_some', '_none', '_every']) : '';
    return { [name]: quantifier === '' ? inner : { [quantifier]: inner } };
  }
  const column = anyColumn(words, table);
  const operator = dice.pick(operators);
  return { [column]: { [`_${operator}`]: withoutOperand.has(operator) ? dice.chance(0.5) : operand(words, table, column) } };
}
