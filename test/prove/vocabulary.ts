/** What requests are made of: names, ways through relations, operands drawn from what is stored in either database. */
import { names } from '../../src/schema/names.ts';
import type { Cell } from '../support/schema-text.ts';
import type { Dice } from './dice.ts';
import { keyOf, keyText, numberOf } from './keys.ts';
import { hiddenSomewhere } from './readable.ts';
import { columnsOf, ghosts, language, listsOf, type Row, type Table, type World } from './world.ts';

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

/** The table of texts in several languages of another one. */
export function textsOf({ world }: Pick<Vocabulary, 'world'>, { name }: Table): Table | undefined {
  return world.tables.find(({ texts, links }) => texts === true && links.some(({ to }) => to === name));
}

/** As any table, but where one has texts that one more often. */
export function tableOfTexts(words: Vocabulary): Table {
  const { world, dice } = words;
  const texts = world.tables.find((one) => one.texts === true);
  const of = texts?.links[0]?.to;
  return of !== undefined && dice.chance(0.5) ? tableNamed(world, of) : anyTable(words);
}

/** A column of such texts, but their language. */
export function anyText({ dice }: Vocabulary, texts: Table): string {
  return dice.pick(texts.plain.map(({ name }) => name).filter((name) => name !== language));
}

export interface Step {
  readonly name: string;
  readonly to: string;
  readonly many: boolean;
}

export function stepsFrom(world: World, table: Table): Step[] {
  const one = table.links.map(({ column, to }) => ({ name: column, to, many: false }));
  const many = listsOf(world, table.name).map(({ name, from }) => ({ name, to: from, many: true }));
  return [...one, ...many, ...tiedTo(world, table)];
}

/** Lists through a table that is nothing but a tie have the names that the program gives. */
function tiedTo({ tables }: World, { name }: Table): Step[] {
  return tables.flatMap(({ tie, links, name: through }) => {
    const [near, far] = links.find(({ to }) => to === name) === links[0] ? links : [...links].reverse();
    if (!tie || near?.to !== name || !far) return [];
    return [{ name: names.throughTable(far.to, through, [near.column])[0] ?? '', to: far.to, many: true }];
  });
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

/** The number of a row; those that one database lacks too, unless something is made of it. */
function someRow({ world, dice }: Vocabulary, table: Table, ghostly: boolean): Row | undefined {
  const { rows } = tableNamed(world, table.name);
  if (dice.chance(0.03)) return undefined;
  return dice.pick(ghostly || table.tie ? rows : rows.filter((row) => !ghosts.includes(numberOf(row['id']))));
}

const nobody = (words: Vocabulary): number => 4000 + words.dice.below(3);

/** The key of a row as a path has it. */
export function key(words: Vocabulary, table: Table, ghostly = true): Cell {
  const row = someRow(words, table, ghostly);
  if (table.tie) return row ? keyText(table, row) : '1;4000';
  return row ? (row['id'] ?? null) : keyOf(table.keyed, nobody(words));
}

/** The key of a row as columns with values. */
export function keyCells(words: Vocabulary, table: Table, ghostly = true): Record<string, Cell> {
  const row = someRow(words, table, ghostly);
  if (!table.tie) return { id: row ? (row['id'] ?? null) : keyOf(table.keyed, nobody(words)) };
  return Object.fromEntries(table.links.map(({ column, keyed }) => [column, row?.[column] ?? keyOf(keyed, 1)]));
}
