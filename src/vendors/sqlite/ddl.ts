/** Changes of SQLite's tables: what ALTER TABLE cannot do is done by making the table anew from its own text. */
import type { ColumnSpec, Ddl, DdlStep, DefaultValue, Reference, TableChange, WireType } from '../../dialect/ddl.ts';
import type { IntrospectedTable, Reader } from '../../dialect/types.ts';
import { sizedTypes } from '../../dialect/wire-names.ts';
import { type Fragment, join, name, nothing, print, sql, trusted } from '../../lib/fragment.ts';
import { exclusively } from './ddl-lock.ts';
import { literal, once, type Part, type Rebuild, rebuild } from './rebuild.ts';

const whole = new Set(['TINYINT', 'SMALLINT', 'MEDIUMINT', 'BIGINT']);
const unsized = new Set([
  'YEAR',
  'FLOAT',
  'DOUBLE',
  'TINYTEXT',
  'TEXT',
  'MEDIUMTEXT',
  'LONGTEXT',
  'BLOB',
  'DATE',
  'TIME',
  'DATETIME',
  'TIMESTAMP',
  'JSON',
]);

function typeText({ datatype, length, scale, truth }: WireType): string | undefined {
  if (truth) return 'boolean';
  const lower = datatype.toLowerCase();
  // The one spelling whose key numbers itself.
  if (datatype === 'INT') return 'integer';
  if (/BLOB$/.test(datatype)) return 'blob';
  if (datatype === 'DECIMAL') return length === undefined ? 'decimal' : `decimal(${length},${scale ?? 0})`;
  if (sizedTypes.has(datatype)) return `${lower}(${length})`;
  return whole.has(datatype) || unsized.has(datatype) ? lower : undefined;
}

function defaultOf(value: DefaultValue): Fragment {
  if (value.is === 'now') return sql`current_timestamp`;
  return trusted(value.is === 'text' ? literal(value.text) : value.text);
}

const referencing = ({ table, column, onDelete }: Reference): Fragment =>
  sql` references ${name(table)} (${name(column)}) on delete ${trusted(onDelete)}`;

function columnOf(spec: ColumnSpec, alone: boolean): Fragment {
  const { references } = spec;
  return join(
    [
      sql`${name(spec.name)} ${trusted(spec.autoIncrement ? 'integer' : spec.type)}`,
      spec.primaryKey && alone ? (spec.autoIncrement ? sql` primary key autoincrement` : sql` primary key`) : nothing,
      spec.nullable || spec.autoIncrement ? nothing : sql` not null`,
      spec.default ? sql` default ${defaultOf(spec.default)}` : nothing,
      references ? referencing(references) : nothing,
    ],
    '',
  );
}

const uniqueOn = (table: string, column: string): Fragment =>
  sql`create unique index ${name(`${table}_${column}_unique`)} on ${name(table)} (${name(column)})`;

function create(table: string, columns: readonly ColumnSpec[]): Fragment[] {
  return [
    sql`create table ${name(table)} (${join(
      columns.map((column) => columnOf(column, true)),
      ', ',
    )})`,
    ...columns.filter(({ unique }) => unique).map((column) => uniqueOn(table, column.name)),
  ];
}

async function alter(reader: Reader, change: Extract<TableChange, { is: 'alter' }>): Promise<Part[]> {
  const { table, link = [], unlink = [] } = change;
  const made: Part[] = [];
  // Notes are kept in the metadata alone: SQLite has no place for them.
  const changes = change.change.filter(
    (one) => one.type !== undefined || one.nullable !== undefined || one.default !== undefined || one.unique === false,
  );
  const edits: Rebuild = {
    change: changes.map((one) => ({ ...one, ...(one.default ? { defaultText: print(defaultOf(one.default), reader.dialect).text } : {}) })),
    drop: change.drop,
    unreferenced: [],
    unlinked: unlink.map(({ columns: [column = ''] }) => column),
    constraints: link.map(({ column, references }) => sql`foreign key (${name(column)})${referencing(references)}`),
  };
  if (changes.length + change.drop.length + link.length + unlink.length > 0) made.push(...(await rebuild(reader, table, edits)));
  // The table is made anew from the text that it has now: what comes to it comes afterwards.
  for (const spec of change.add) {
    made.push(once(sql`alter table ${name(table.name)} add column ${columnOf(spec, false)}`));
    if (spec.unique) made.push(once(uniqueOn(table.name, spec.name)));
  }
  for (const one of change.change) if (one.unique) made.push(once(uniqueOn(table.name, one.name)));
  return made;
}

async function drop(reader: Reader, change: Extract<TableChange, { is: 'drop' }>): Promise<Part[]> {
  const made: Part[] = [];
  const others = new Map<string, IntrospectedTable>(change.inbound.map(({ table }) => [table.name, table]));
  for (const other of others.values())
    made.push(...(await rebuild(reader, other, { change: [], drop: [], unreferenced: [change.table.name] })));
  return [...made, once(sql`drop table ${name(change.table.name)}`)];
}

async function parts(reader: Reader, change: TableChange): Promise<Part[]> {
  if (change.is === 'create') return create(change.table.name, change.columns).map(once);
  return change.is === 'drop' ? drop(reader, change) : alter(reader, change);
}

/** See `Ddl`. */
export const sqliteDdl: Ddl = {
  exclusively,
  transactional: true,
  // There is no limit; the metadata's columns have one.
  nameBytes: 64,
  typeText,
  reserved: (what, name) => what === 'collection' && /^sqlite_/i.test(name),
  sameType: (one, other) => one.toLowerCase().replaceAll(' ', '') === other.toLowerCase().replaceAll(' ', ''),
  async plan(reader, change): Promise<readonly DdlStep[]> {
    return (await parts(reader, change)).map(({ part, again }) => ({
      statement: print(part, reader.dialect),
      ...(again ? { again } : {}),
    }));
  },
};
