/** What requests are made of: names, ways through relations, operands drawn from what is stored in either database. */
import type { Dice } from './dice.ts';
import { hiddenSomewhere } from './readable.ts';
import { columnsOf, ghosts, listsOf, type Table, type World } from './world.ts';

export interface Vocabulary {
  readonly world: World;
  readonly other: World;
  readonly dice: Dice;
}

export const operators = [
  'eq',
  'neq',
  'lt',
  'gt',
  'lte',
  'gte',
  'in',
  'nin',
  'null',
  'nnull',
  'contains',
  'ncontains',
  'rlike',
  'empty',
  'nempty',
  'between',
] as const;

export function tableNamed(world: World, name: string): Table {
  const table = world.tables.find((one) => one.name === name);
  if (!table) throw new Error(`No table ${name}`);
  return table;
}

export function anyTable({ world, dice }: Vocabulary): Table {
  const open = world.tables.filter(({ name }) => world.rights.some((one) => one.collection === name && one.read !== 'none'));
  return dice.pick(open.length > 0 && dice.chance(0.95) ? open : world.tables);
}

/** A column; those that are hidden in some rows most, those that are hidden in all seldom, since they are refused. */
export function anyColumn({ world, dice }: Vocabulary, table: Table): string {
  const rights = world.rights.filter(({ collection }) => collection === table.name);
  const hidden = hiddenSomewhere(world, table);
  const never = columnsOf(table).filter((name) => rights.length > 0 && rights.every(({ readHidden }) => readHidden.includes(name)));
  const some = columnsOf(table).filter((name) => hidden.has(name) && !never.includes(name));
  if (some.length > 0 && dice.chance(0.4)) return dice.pick(some);
  if (never.length > 0 && dice.chance(0.06)) return dice.pick(never);
  return dice.pick(columnsOf(table).filter((name) => name === 'id' || !never.includes(name)));
}

export interface Step {
  readonly name: string;
  readonly to: string;
  readonly many: boolean;
}

export function stepsFrom(world: World, table: Table): Step[] {
  const one = table.links.map(({ column, to }) => ({ name: column, to, many: false }));
  const many = listsOf(world, table.name).map(({ name, from }) => ({ name, to: from, many: true }));
  return [...one, ...many];
}

/** A way through at most so many relations, and the table where it ends. */
export function walk({ world, dice }: Vocabulary, from: Table, longest: number, onlyToOne = false): { steps: Step[]; end: Table } {
  const steps: Step[] = [];
  let end = from;
  for (let left = dice.below(longest + 1); left > 0; left--) {
    const next = stepsFrom(world, end).filter(({ many }) => !many || !onlyToOne);
    if (next.length === 0) break;
    const step = dice.pick(next);
    steps.push(step);
    end = tableNamed(world, step.to);
  }
  return { steps, end };
}

/** A name behind a way: `a.b.column`. */
export function path(words: Vocabulary, from: Table, longest: number, onlyToOne = false): string {
  const { steps, end } = walk(words, from, longest, onlyToOne);
  return [...steps.map(({ name }) => name), anyColumn(words, end)].join('.');
}

/** A value that is stored in the column, here or there, or a piece of one. */
export function operand({ world, other, dice }: Vocabulary, table: Table, column: string): string {
  const from = tableNamed(dice.chance(0.5) ? world : other, table.name);
  const stored = from.rows.map((row) => row[column]).filter((value) => value !== null && value !== undefined);
  const text = stored.length === 0 ? '1' : String(dice.pick(stored));
  if (dice.chance(0.2)) return text.slice(0, 3);
  return dice.chance(0.2) ? `${text},${dice.below(5)}` : text;
}

/** The key of a row; those that one database lacks too, unless something is made of it. */
export function key({ world, dice }: Vocabulary, table: Table, ghostly = true): number {
  const keys = tableNamed(world, table.name).rows.map((row) => Number(row['id']));
  if (dice.chance(0.03)) return 4000 + dice.below(3);
  return dice.pick(ghostly ? keys : keys.filter((one) => !ghosts.includes(one)));
}
