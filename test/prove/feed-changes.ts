/** Changes by an administrator while others listen: what the caller may read is changed alike on both sides, the rest on one side alone. */
import type { Dice } from './dice.ts';
import { keyColumns, keyText } from './keys.ts';
import { otherValue } from './pair.ts';
import { deciding, hiddenIn, readable } from './readable.ts';
import type { Request } from './request.ts';
import { columnsOf, type Row, someValue, type Table, type World } from './world.ts';

/** What is sent to one side; without a request something that nobody of the role sees. */
type Sent = Request | undefined;

interface Cellar {
  readonly table: Table;
  readonly row: Row;
  readonly columns: readonly string[];
}

export interface Changer {
  /** The next change, for each side. */
  next(): readonly [here: Sent, there: Sent];
}

type Mutable = Map<string, Row[]>;

const rowsOf = (world: World): Mutable => new Map(world.tables.map(({ name, rows }) => [name, [...rows]]));

const asPatch = (table: Table, row: Row, values: Record<string, unknown>): Request => {
  const key = Object.fromEntries(keyColumns(table).map((column) => [column, row[column]]));
  return { method: 'PATCH', url: `items/${table.name}?status=*`, body: [{ ...key, ...values }] };
};

function replace(rows: Row[], table: Table, row: Row): void {
  const at = rows.findIndex((one) => keyText(table, one) === keyText(table, row));
  if (at !== -1) rows[at] = row;
}

export function changerOf(world: World, other: World, dice: Dice): Changer {
  const sides: readonly [Mutable, Mutable] = [rowsOf(world), rowsOf(other)];
  let made = 5000;
  const fixedOf = (table: Table): ReadonlySet<string> => new Set([...keyColumns(table), 'code', ...deciding(world, table)]);

  /** Cells that the caller may not read, on one side. */
  const hidden = (rows: Mutable): Cellar[] =>
    world.tables.flatMap((table) => {
      const fixed = fixedOf(table);
      return (rows.get(table.name) ?? []).flatMap((row) => {
        const unseen = readable(world, table, row) ? hiddenIn(world, table, row) : new Set(columnsOf(table));
        const links = new Set(table.declared ? table.links.map(({ column }) => column) : []);
        const columns = columnsOf(table).filter((name) => unseen.has(name) && !fixed.has(name) && !links.has(name));
        return columns.length > 0 ? [{ table, row, columns }] : [];
      });
    });

  /** A change that the caller may hear nothing of. */
  function unheard(side: 0 | 1): Sent {
    const rows = sides[side];
    const cellars = hidden(rows);
    if (cellars.length === 0) return undefined;
    const shown = cellars.filter(({ table, row }) => readable(world, table, row));
    const { table, row, columns } = dice.pick(shown.length > 0 && dice.chance(0.6) ? shown : cellars);
    const column = dice.pick(columns);
    const value = otherValue(table, row, column, dice);
    replace(rows.get(table.name) ?? [], table, { ...row, [column]: value });
    return asPatch(table, row, { [column]: value });
  }

  /** A change of a row that is shown, alike on both sides; what is hidden of it is made alike where that may show by it. */
  function heard(): Request | undefined {
    const shown = world.tables.flatMap((table) =>
      (sides[0].get(table.name) ?? []).filter((row) => readable(world, table, row)).map((row) => ({ table, row })),
    );
    if (shown.length === 0) return undefined;
    const { table, row } = dice.pick(shown);
    const values: Record<string, unknown> = {};
    const decides = dice.chance(0.25) ? [...deciding(world, table)] : [];
    for (const name of decides) values[name] = name === 'state' ? dice.pick(['draft', 'live', 'gone', 'odd']) : dice.pick([3, 4, 5]);
    const fixed = fixedOf(table);
    if (decides.includes('state')) for (const name of columnsOf(table)) if (!fixed.has(name)) values[name] = row[name] ?? null;
    const unseen = hiddenIn(world, table, row);
    const plain = table.plain.filter(({ name }) => !unseen.has(name));
    if (plain.length > 0 && (decides.length === 0 || dice.chance(0.5))) {
      const column = dice.pick(plain);
      values[column.name] = someValue(column, dice);
    }
    if (Object.keys(values).length === 0) return undefined;
    for (const rows of sides) {
      const list = rows.get(table.name) ?? [];
      const own = list.find((one) => keyText(table, one) === keyText(table, row));
      if (own) replace(list, table, { ...own, ...values } as Row);
    }
    return asPatch(table, row, values);
  }

  /** A row of the administrator's, on both sides where it is shown, else on one. */
  function created(side: 0 | 1): readonly [Sent, Sent] {
    const tables = world.tables.filter(({ tie, keyed }) => !tie && keyed === 'number');
    if (tables.length === 0) return [undefined, undefined];
    const table = dice.pick(tables);
    made += 1;
    const row: Record<string, unknown> = { id: made, code: null };
    if (table.status) row['state'] = dice.pick(['draft', 'live']);
    for (const column of table.plain) row[column.name] = someValue(column, dice);
    const stored = {
      ...row,
      ...(table.owner ? { owner: 1 } : {}),
      ...Object.fromEntries(table.links.map(({ column }) => [column, null])),
    } as Row;
    const request: Request = { method: 'POST', url: `items/${table.name}`, body: row };
    const shown = readable(world, table, stored);
    for (const at of shown ? ([0, 1] as const) : ([side] as const)) sides[at].get(table.name)?.push(stored);
    if (shown) return [request, request];
    return side === 0 ? [request, undefined] : [undefined, request];
  }

  return {
    next() {
      const side = dice.chance(0.5) ? 0 : 1;
      if (dice.chance(0.15)) return created(side);
      const known = dice.chance(0.45) ? heard() : undefined;
      if (known) return [known, known];
      const only = unheard(side);
      const opposite = dice.chance(0.3) ? unheard(side === 0 ? 1 : 0) : undefined;
      return side === 0 ? [only, opposite] : [opposite, only];
    },
  };
}
