/** Rights on a table, made by dice: levels, rules by status, blacklists. */
import type { Dice } from './dice.ts';
import type { Table } from './world.ts';

type Level = 'none' | 'mine' | 'role' | 'full';

/** A row of directus_permissions. */
export interface Right {
  readonly collection: string;
  readonly status: string | null;
  readonly create: Level;
  readonly read: Level;
  readonly update: Level;
  readonly delete: Level;
  readonly readHidden: readonly string[];
  readonly writeHidden: readonly string[];
  readonly comment: string | null;
  readonly explain: string | null;
}

const reads: readonly Level[] = ['full', 'full', 'full', 'mine', 'mine', 'role', 'none'];
const writes: readonly Level[] = ['full', 'full', 'mine', 'role', 'none'];

function rightOf(table: Omit<Table, 'rows'>, lists: readonly { name: string }[], status: string | null, dice: Dice): Right {
  const columns = [...table.plain.map(({ name }) => name), ...table.links.map(({ column }) => column)];
  const rare = [...(table.status ? ['state'] : []), ...(table.owner ? ['owner'] : []), ...lists.map(({ name }) => name), 'code'];
  const level = (levels: readonly Level[]): Level => {
    const picked = dice.pick(levels);
    return table.owner || picked === 'none' ? picked : 'full';
  };
  return {
    collection: table.name,
    status,
    create: dice.pick(['full', 'full', 'none']),
    read: level(reads),
    update: level(writes),
    delete: level(writes),
    readHidden: [...dice.some(columns, 0.25), ...dice.some(rare, 0.1)],
    writeHidden: dice.some(columns, 0.1),
    comment: dice.pick(['full', 'update', 'create', 'read', null]),
    explain: dice.pick([null, null, null, 'always', 'update']),
  };
}

/** None, one for all rows, or one for each of some statuses. */
export function rightsOn(table: Omit<Table, 'rows'>, lists: readonly { name: string }[], dice: Dice): Right[] {
  if (dice.chance(0.08)) return [];
  if (!table.status || dice.chance(0.5)) return [rightOf(table, lists, null, dice)];
  return dice.some(['draft', 'live', 'gone'], 0.75).map((status) => rightOf(table, lists, status, dice));
}
