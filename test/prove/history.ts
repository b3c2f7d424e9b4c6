/** Activity, revisions and comments that are there before anything is asked; what is told of rows nobody may read differs. */
import type { Cell } from '../support/schema-text.ts';
import { type Dice, diceOf } from './dice.ts';
import { keyText } from './keys.ts';
import { otherValue } from './pair.ts';
import { hiddenSomewhere, readable } from './readable.ts';
import type { Row, Table, World } from './world.ts';

export interface HistoryRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const activityColumns = ['id', 'action', 'action_by', 'action_on', 'ip', 'user_agent', 'collection', 'item', 'comment'];
const revisionColumns = ['id', 'activity', 'collection', 'item', 'data', 'delta', 'parent_collection', 'parent_item', 'parent_changed'];

/** Columns that are hidden in any row are left out of snapshots, so that they may say anything. */
function snapshot(world: World, table: Table, row: Row, side: string, dice: Dice): string {
  const hidden = new Set([...hiddenSomewhere(world, table)].filter((name) => !['code', 'state', 'owner'].includes(name)));
  const told = Object.entries(row).map(([name, value]) => {
    const other = otherValue(table, row, name, dice);
    return [name, hidden.has(name) && side === 'there' ? other : value];
  });
  return JSON.stringify(Object.fromEntries(told));
}

/** Of each row that its creation, a change and a comment are known; `of` is the world in which both databases began. */
export function historyOf(world: World, of: World, side: 'here' | 'there'): HistoryRows[] {
  const activity: Cell[][] = [];
  const revisions: Cell[][] = [];
  const dice = diceOf(`${world.name} history`);
  for (const table of of.tables) {
    for (const row of table.rows) {
      const id = keyText(table, row);
      const shown = readable(of, table, row);
      const stored = world.tables.find(({ name }) => name === table.name)?.rows.find((one) => keyText(table, one) === id) ?? row;
      for (const action of ['create', 'update', 'comment']) {
        const by = dice.pick([1, 3, 4, 5]);
        // What somebody did is told to that one, whatever became of the row.
        const same = shown || by === of.caller.id || side === 'here';
        const n = activity.length + 1;
        const agent = same ? 'browser' : 'another browser';
        const comment = action === 'comment' ? (same ? `about ${table.name} ${id}` : 'something else') : null;
        activity.push([n, action, by, '2026-01-02 03:04:05', '192.0.2.1', agent, table.name, same ? id : '777', comment]);
        if (action === 'comment') continue;
        const parent = dice.chance(0.3) ? dice.pick(of.tables).name : null;
        const data = snapshot(of, table, shown ? row : stored, side, diceOf(`${world.name} ${n}`));
        const item = shown || side === 'here' ? id : '777';
        revisions.push([revisions.length + 1, n, table.name, item, data, data, parent, parent && '2', null]);
      }
    }
  }
  return [
    { table: 'directus_activity', columns: activityColumns, rows: activity },
    { table: 'directus_revisions', columns: revisionColumns, rows: revisions },
  ];
}
