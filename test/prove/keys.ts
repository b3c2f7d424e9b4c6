/** Keys other than numbers: UUIDs, and tables whose key is a pair of links; made of what the dice have made already. */
import type { Cell } from '../support/schema-text.ts';
import type { Dice } from './dice.ts';
import type { Link, Row, Table } from './world.ts';

/** What the key of a row of that number is. */
export function keyOf(keyed: Link['keyed'], number: number): Cell {
  return keyed === 'uuid' ? `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` : number;
}

/** The number that a key was made of. */
export function numberOf(key: Cell | undefined): number {
  return Number(String(key).slice(-12));
}

/** Columns of the key, in order. */
export function keyColumns({ tie, links }: Table): readonly string[] {
  return tie ? links.map(({ column }) => column) : ['id'];
}

/** The key as URLs and the history have it. */
export function keyText(table: Table, row: Row): string {
  return keyColumns(table)
    .map((column) => String(row[column]))
    .join(';');
}

function withUuids(tables: readonly Table[], chosen: ReadonlySet<string>): Table[] {
  const changed = (key: Cell | undefined): Cell => (key === null || key === undefined ? null : keyOf('uuid', Number(key)));
  return tables.map((table) => {
    const own = chosen.has(table.name);
    const links = table.links.map((link): Link => (chosen.has(link.to) ? { ...link, keyed: 'uuid' } : link));
    const columns = [...(own ? ['id'] : []), ...links.filter(({ to }) => chosen.has(to)).map(({ column }) => column)];
    const rows = table.rows.map((row): Row => ({ ...row, ...Object.fromEntries(columns.map((column) => [column, changed(row[column])])) }));
    return { ...table, links, rows, ...(own ? { keyed: 'uuid' as const } : {}) };
  });
}

/** A table that ties rows of two others together: its key is the two links. All of its rows are in both databases. */
function tying(tables: readonly Table[], dice: Dice): Table {
  const first = dice.pick(tables);
  const second = dice.pick(tables.filter((one) => one !== first));
  const name = `t${tables.length}`;
  const links = [first, second].map(({ name: to, keyed }): Link => ({ column: `of_${to}`, to, list: `all_${name}`, keyed }));
  const [one, two] = links.map(({ column }) => column) as [string, string];
  const rows: Row[] = [];
  for (const near of first.rows.slice(0, 4)) {
    for (const far of dice.some(second.rows.slice(0, 4), 0.5)) {
      const cells = { [one]: near['id'] ?? null, [two]: far['id'] ?? null, code: `code-${name}-${rows.length + 1}` };
      const owner = dice.pick([3, 4, 5, null]);
      rows.push({ ...cells, state: dice.pick(['draft', 'live', 'live', 'gone']), owner, f0: dice.pick([0, 1, 2, 7, null]) });
    }
  }
  return {
    name,
    plain: [{ name: 'f0', kind: 'integer' }],
    status: true,
    owner: true,
    links,
    declared: true,
    keyed: 'number',
    tie: true,
    rows,
  };
}

/** Some of the tables with other keys, and now and then one more that ties two of them together. */
export function withKeys(tables: readonly Table[], dice: Dice): Table[] {
  const chosen = dice.chance(0.4) ? dice.some(tables, 0.5).map(({ name }) => name) : [];
  const keyed = withUuids(tables, new Set(chosen)).map((table): Table => {
    const [first, second, ...more] = table.links;
    const between = first && second && more.length === 0 && first.to !== second.to && dice.chance(0.5);
    return between ? { ...table, junction: true } : table;
  });
  return dice.chance(0.4) ? [...keyed, tying(keyed, dice)] : keyed;
}
