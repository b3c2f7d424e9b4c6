/** Which names of the garden a role may meet, by what REST shows it. */
import { pascalName } from '../../src/schema/names.ts';
import { foreignTables } from '../fixtures/garden-foreign.ts';
import type { Who } from '../fixtures/garden-people.ts';
import { managedTables } from '../fixtures/garden-tables.ts';
import type { World } from './garden.ts';
import { at, type Json } from './http.ts';

/** The names of an object's members. */
export const keysOf = (value: Json): string[] => (value !== null && typeof value === 'object' ? Object.keys(value) : []);

/** Names that are words of the documents themselves. */
const words: ReadonlySet<string> = new Set(
  'order id name title status note at message level group user item line secret state exact day uses number code tags language height select'.split(
    ' ',
  ),
);

/** What the role reads by REST: the columns that some row shows, by collection; and the names of everything else. */
export async function readBy(world: World, who: Who | null): Promise<{ columns: Map<string, Set<string>>; hidden: Set<string> }> {
  const columns = new Map<string, Set<string>>();
  for (const { name } of [...managedTables, ...foreignTables]) {
    const { status, json } = await world.get(`items/${encodeURIComponent(name)}?limit=-1&status=*`, who ?? undefined);
    const rows = at(json, 'data');
    if (status === 200 && Array.isArray(rows)) columns.set(name, new Set(rows.flatMap(keysOf)));
  }
  const seen = new Set([...columns.values()].flatMap((names) => [...names]));
  const hidden = new Set<string>();
  for (const { name, columns: all } of [...managedTables, ...foreignTables]) {
    if (!columns.has(name)) for (const form of [name, pascalName(name)]) hidden.add(form);
    for (const column of all) if (!seen.has(column.name) && !columns.has(column.name)) hidden.add(column.name);
  }
  return { columns, hidden: new Set([...hidden].filter((name) => !words.has(name.toLowerCase()) && /^\w+$/.test(name))) };
}

/** Names that stand nowhere in what the role is told. */
export const hiddenFrom = async (world: World, who: Who | null): Promise<Set<string>> => (await readBy(world, who)).hidden;
