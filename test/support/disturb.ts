/** Another garden for a caller: all that this caller may not read is different, all that may be read is the same. */

import type { MetadataRows } from '../fixtures/garden-metadata.ts';
import { gardenPeople, type tokens } from '../fixtures/garden-people.ts';
import { asRow, type Caller, decidingColumns, gardenTables, hiddenColumns, readable } from './readable.ts';
import type { Cell, ColumnDef, TableDef } from './schema-text.ts';

/** Rows are rewritten, or left out where no foreign key of the database holds them. */
const heldByForeignKeys = new Set(gardenTables.flatMap((table) => (table.foreignKeys ?? []).map((key) => key.to)));

function otherValue(column: ColumnDef, value: Cell, n: number): Cell {
  switch (column.kind) {
    case 'serial':
    case 'uuid':
      return value;
    case 'integer':
    case 'bigint':
      return 100 + n;
    case 'decimal':
    case 'double':
      return value === null ? '1.5' : `${n}.25`;
    case 'boolean':
      return value === null ? true : !value;
    case 'date':
      return '1999-09-09';
    case 'time':
      return '09:09:09';
    case 'datetime':
      return '1999-09-09 09:09:09';
    case 'json':
      return '{"other":true}';
    case 'blob':
      return Buffer.from([n % 256]);
    case 'enum':
      return column.values.find((one) => one !== value) ?? null;
    default:
      if (value !== null && n % 3 === 0) return null;
      return `other ${n}`.slice(-(column.kind === 'string' ? column.length : 20));
  }
}

function disturbedTable(table: TableDef, caller: Caller): TableDef {
  const names = table.columns.map((column) => column.name);
  const fixed = new Set([...(table.key ?? []), ...(table.foreignKeys ?? []).flatMap((key) => key.columns)]);
  const rows: (readonly Cell[])[] = [];
  table.rows.forEach((cells, n) => {
    const row = asRow(names, cells);
    const visible = readable(table.name, row, caller);
    if (!visible && n % 3 === 2 && !heldByForeignKeys.has(table.name)) return;
    const deciding = decidingColumns(table.name);
    const hidden = new Set(visible ? hiddenColumns(table.name, row, caller) : names);
    rows.push(
      table.columns.map((column, i) => {
        const value = cells[i] ?? null;
        const kept =
          !hidden.has(column.name) || fixed.has(column.name) || deciding.includes(column.name) || (column.required && value === null);
        if (kept) return value;
        const other = otherValue(column, value, n);
        return column.required && other === null ? value : other;
      }),
    );
  });
  return { ...table, rows };
}

/** Of users their names and secrets; the caller's own token has to work. */
function disturbedPeople(caller: Caller): MetadataRows[] {
  return gardenPeople.map((part) => {
    if (part.table !== 'directus_users') return part;
    const rows = part.rows.map((cells, n) => {
      const row = asRow(part.columns, cells);
      const own = Number(row['id']) === caller.user;
      const visible = readable('directus_users', row, caller);
      return part.columns.map((name, i): Cell => {
        const value = cells[i] ?? null;
        if (name === 'password' || name === '2fa_secret' || name === 'password_reset_token')
          return value === null ? null : `other secret ${n}`;
        if (name === 'token') return own ? value : `other token ${n}`;
        if (visible || ['id', 'status', 'role'].includes(name)) return value;
        return name === 'email' ? `other${n}@garden.test` : `Other ${n}`;
      });
    });
    return { ...part, rows };
  });
}

export function disturbed(caller: Caller): { tables: readonly TableDef[]; people: readonly MetadataRows[] } {
  return { tables: gardenTables.map((table) => disturbedTable(table, caller)), people: disturbedPeople(caller) };
}

/** The fixture's callers that are not administrators. */
export const callers: readonly { readonly who: keyof typeof tokens | undefined; readonly caller: Caller }[] = [
  { who: undefined, caller: { user: 0, role: 2 } },
  { who: 'editor', caller: { user: 2, role: 3 } },
  { who: 'writer', caller: { user: 3, role: 4 } },
  { who: 'crew', caller: { user: 7, role: 6 } },
  { who: 'otherCrew', caller: { user: 8, role: 6 } },
  { who: 'sleuth', caller: { user: 10, role: 8 } },
  { who: 'warden', caller: { user: 11, role: 9 } },
];
