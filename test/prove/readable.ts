/** A plain model of what the caller may read: which rows, and which columns of them. */
import { people } from './people.ts';
import type { Right } from './rights.ts';
import type { Row, Table, World } from './world.ts';

function rightsFor(world: World, collection: string): readonly Right[] {
  return world.rights.filter((right) => right.collection === collection);
}

/** Whether rights depend on the status; then one row of rights names it. */
function byStatus(world: World, table: Table): boolean {
  return rightsFor(world, table.name).some(({ status }) => status !== null);
}

function rightFor(world: World, table: Table, row: Row): Right | undefined {
  const rights = rightsFor(world, table.name);
  return byStatus(world, table) ? rights.find(({ status }) => status === row['state']) : rights[0];
}

function owns(world: World, level: Right['read'], owner: unknown): boolean {
  if (level === 'full') return true;
  if (level === 'none' || owner === null || owner === undefined) return false;
  const { caller } = world;
  if (Number(owner) === caller.id) return true;
  return level === 'role' && people.some(({ id, role }) => id > 0 && id === Number(owner) && role === caller.role);
}

/** Whether the caller may ever read the row, whatever `status` says. */
export function readable(world: World, table: Table, row: Row): boolean {
  const right = rightFor(world, table, row);
  if (!right || !owns(world, right.read, table.owner ? row['owner'] : null)) return false;
  return byStatus(world, table) || !table.status || row['state'] !== 'gone';
}

/** Whether the caller may delete the row. It need not be readable for that, and who deletes it learns that it was there. */
export function deletable(world: World, table: Table, row: Row): boolean {
  const right = rightFor(world, table, row);
  return right !== undefined && owns(world, right.delete, table.owner ? row['owner'] : null);
}

/** Columns of a readable row that the caller may not see. */
export function hiddenIn(world: World, table: Table, row: Row): ReadonlySet<string> {
  return new Set(rightFor(world, table, row)?.readHidden ?? []);
}

/** Columns that are shown of every row there is: those that snapshots are shown with. */
export function hiddenSomewhere(world: World, table: Table): ReadonlySet<string> {
  return new Set(rightsFor(world, table.name).flatMap(({ read, readHidden }) => (read === 'none' ? [] : readHidden)));
}

/** Columns on which it depends who may do what with a row: they are the same in both databases. */
export function deciding(world: World, table: Table): ReadonlySet<string> {
  const rights = rightsFor(world, table.name);
  const owned = rights.some((right) => [right.read, right.update, right.delete].some((level) => level === 'mine' || level === 'role'));
  return new Set([...(byStatus(world, table) ? ['state'] : []), ...(owned ? ['owner'] : [])]);
}
