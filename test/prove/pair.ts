/** The other world of a pair: all that the caller may not read is different, all that may be read is the same. */
import type { Cell } from '../support/schema-text.ts';
import { type Dice, diceOf } from './dice.ts';
import { keyColumns, keyOf, numberOf } from './keys.ts';
import { people } from './people.ts';
import { deciding, deletable, hiddenIn, readable } from './readable.ts';
import { columnsOf, ghosts, type Row, someValue, type Table, type World } from './world.ts';

/** What stands in the column instead. */
export function otherValue(table: Table, row: Row, name: string, dice: Dice): Cell {
  const value = row[name] ?? null;
  // What is soft-deleted stays so: it is not readable where the status decides nothing else.
  if (name === 'state') return value === 'draft' ? 'live' : value === 'live' ? 'draft' : value;
  if (name === 'owner') return dice.pick(people.map(({ id }) => id).filter((id) => id !== value));
  const link = table.links.find(({ column }) => column === name);
  if (link)
    return table.declared
      ? value
      : dice.pick([...[1, 2, 3, 4].map((number) => keyOf(link.keyed, number)), null].filter((key) => key !== value));
  const column = table.plain.find((one) => one.name === name);
  if (!column) return value;
  for (let tries = 0; tries < 20; tries++) {
    const other = someValue(column, dice);
    if (other !== value) return other;
  }
  return value;
}

/** Unique values are the same, as their constraint tells of them: but those of rows that nothing written names. */
function otherRow(world: World, table: Table, row: Row, dice: Dice): Row {
  const shown = readable(world, table, row);
  const hidden = shown ? hiddenIn(world, table, row) : new Set(columnsOf(table));
  const fixed = new Set([...keyColumns(table), 'code', ...deciding(world, table)]);
  const cells = Object.entries(row).map(([name, value]): [string, Cell] => {
    if (!hidden.has(name) || fixed.has(name)) return [name, value];
    return [name, otherValue(table, row, name, dice)];
  });
  return Object.fromEntries(cells);
}

/** The other world, and how many of its cells and rows are others. */
export function otherWorld(world: World): { other: World; differences: number } {
  const dice = diceOf(`${world.name} other`);
  let differences = 0;
  const tables = world.tables.map((table): Table => {
    const rows = table.rows.flatMap((row) => {
      const unknown = !readable(world, table, row) && !deletable(world, table, row);
      if (unknown && !table.tie && ghosts.includes(numberOf(row['id'])) && dice.chance(0.6)) {
        differences++;
        return [];
      }
      const other = otherRow(world, table, row, dice);
      differences += Object.keys(row).filter((name) => row[name] !== other[name]).length;
      return [other];
    });
    return { ...table, rows };
  });
  return { other: { ...world, tables }, differences };
}
