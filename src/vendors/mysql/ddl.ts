/** Changes of MySQL's and MariaDB's tables. Each statement is done or not done as a whole, and with another one it is undone. */
import { clausesText, parseColumn, withClause } from '../../dialect/column-definition.ts';
import type { ColumnChange, ColumnSpec, Ddl, DdlStep, DefaultValue, Link, TableChange, TableName, WireType } from '../../dialect/ddl.ts';
import type { IntrospectedTable, Reader } from '../../dialect/types.ts';
import { sizedTypes, unsizedTypes, wholeTypes } from '../../dialect/wire-names.ts';
import { type Fragment, join, name, nothing, param, print, sql, trusted } from '../../lib/fragment.ts';
import { commaParts } from '../../lib/sql-tokens.ts';
import { exclusively } from './ddl-lock.ts';

const unsized = new Set([...unsizedTypes, 'FLOAT', 'DOUBLE']);

/** A text constant; a backslash is one of its characters only when doubled. */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

function typeText({ datatype, length, scale, labels, unsigned, truth }: WireType): string | undefined {
  if (truth) return 'tinyint(1)';
  const lower = datatype.toLowerCase();
  if (wholeTypes.has(datatype)) return unsigned ? `${lower} unsigned` : lower;
  if (datatype === 'DECIMAL') return length === undefined ? 'decimal(10,0)' : `decimal(${length},${scale ?? 0})`;
  if (labels) return `${lower}(${labels.map(quoted).join(',')})`;
  if (sizedTypes.has(datatype)) return `${lower}(${length})`;
  return unsized.has(datatype) ? lower : undefined;
}

/** How many digits MariaDB shows of an integer means nothing, but for the one that stands for truth. */
const withoutWidth = (type: string): string =>
  type === 'tinyint(1)' ? type : type.replace(/^(tinyint|smallint|mediumint|int|bigint|year)\(\d+\)/i, '$1').toLowerCase();

function defaultText(value: DefaultValue): string {
  if (value.is === 'now') return 'current_timestamp';
  return value.is === 'truth' ? value.text : quoted(value.text);
}

const tableOf = (table: TableName): Fragment => name(table.name);

/** Texts and blobs take a default only as an expression. */
function defaultOf(type: string, value: DefaultValue): Fragment {
  const text = trusted(defaultText(value));
  return /text|blob|json/.test(type) && value.is !== 'now' ? sql` default (${text})` : sql` default ${text}`;
}

function columnOf(spec: ColumnSpec): Fragment {
  return join(
    [
      sql`${name(spec.name)} ${trusted(spec.type)}`,
      // A TIMESTAMP that does not say so is never empty on older servers.
      spec.nullable ? sql` null` : sql` not null`,
      spec.default ? defaultOf(spec.type, spec.default) : nothing,
      spec.autoIncrement ? sql` auto_increment` : nothing,
      spec.unique ? sql` unique` : nothing,
      spec.comment === undefined ? nothing : sql` comment ${trusted(quoted(spec.comment))}`,
    ],
    '',
  );
}

function foreignKey({ column, references: { table, column: target, onDelete } }: Link): Fragment {
  return sql`foreign key (${name(column)}) references ${name(table)} (${name(target)}) on delete ${trusted(onDelete)}`;
}

const linksOf = (columns: readonly ColumnSpec[]): Link[] =>
  columns.flatMap(({ name: column, references }) => (references ? [{ column, references }] : []));

/** The foreign keys of a new table. The names that the server would give are too long for tables of long names. */
async function foreignKeys(reader: Reader, table: string, columns: readonly ColumnSpec[]): Promise<Fragment[]> {
  const links = linksOf(columns);
  if (links.length === 0) return [];
  const free = await freeNames(reader, table);
  return links.map((link) => sql`constraint ${name(free(link.column))} ${foreignKey(link)}`);
}

/** The definitions of a table's columns, or with `constraint` of its constraints, as the server prints them, by name. */
async function definitions(reader: Reader, table: TableName, constraint = false): Promise<Map<string, string>> {
  const [[, text = ''] = []] = await reader.texts(print(sql`show create table ${tableOf(table)}`, reader.dialect));
  const inner = (text ?? '').slice((text ?? '').indexOf('(') + 1, (text ?? '').lastIndexOf(')'));
  const parts = commaParts(inner).map((part) => part.trim());
  const named = constraint ? parts.filter((part) => /^constraint\b/i.test(part)).map((part) => part.slice('constraint'.length)) : parts;
  const own = named.map((part) => part.trim()).filter((part) => part.startsWith('`'));
  return new Map(own.map((part) => [parseColumn(part).name, part]));
}

/** The indexes of that column alone, which keep it unique or do not. */
async function indexNames(reader: Reader, table: string, column: string, unique: boolean): Promise<string[]> {
  const statement = sql`select index_name from information_schema.statistics where table_schema = database()
    and table_name = ${param(table)} and non_unique = ${trusted(unique ? '0' : '1')} and index_name <> 'PRIMARY'
    group by index_name having count(*) = 1 and max(column_name) = ${param(column)}`;
  return (await reader.texts(print(statement, reader.dialect))).flatMap(([one]) => one ?? []);
}

/**
 * A column that is to be unique, or no longer. A foreign key needs an index: the server drops its own where a unique one takes the
 * place, and would not make it anew, so that it goes and comes by name.
 */
async function uniqueParts(reader: Reader, table: IntrospectedTable, column: string, unique: boolean): Promise<Parts> {
  const own = (index: string): Fragment => sql`add index ${name(index)} (${name(column)})`;
  const kept = (index: string): Fragment => sql`add unique ${name(index)} (${name(column)})`;
  const gone = (index: string): Fragment => sql`drop index ${name(index)}`;
  const linked = table.foreignKeys.some(({ columns }) => columns.length === 1 && columns[0] === column);
  const plain = linked ? await indexNames(reader, table.name, column, false) : [];
  if (unique) {
    const index = `${column}_unique`.slice(0, 64);
    return { make: [...plain.map(gone), kept(index)], undo: [gone(index), ...plain.map(own)] };
  }
  const found = await indexNames(reader, table.name, column, true);
  const led = !linked || plain.length > 0 || table.indexes.some(([first]) => first === column);
  return {
    make: [...found.map(gone), ...(led ? [] : [own(column)])],
    undo: [...(led ? [] : [gone(column)]), ...found.map(kept)],
  };
}

function changed(definition: string, change: ColumnChange): string {
  let now = parseColumn(definition);
  const type = change.type ?? clausesText({ ...now, clauses: now.clauses.slice(0, 1) });
  if (change.type !== undefined) {
    now = withClause(now, 'type', change.type);
    // Character sets and checks are those of the type before.
    now = { ...now, clauses: now.clauses.filter(({ kind, text }) => kind !== 'other' || !/^(?:character|collate|check)\b/i.test(text)) };
  }
  if (change.nullable !== undefined) now = withClause(now, 'null', change.nullable ? 'NULL' : 'NOT NULL');
  if (change.nullable === false && now.clauses.some(({ kind, text }) => kind === 'default' && /^default\s+null$/i.test(text))) {
    now = withClause(now, 'default', undefined);
  }
  if (change.default !== undefined) {
    const text = change.default && print(defaultOf(type, change.default), { identifier: quoted, parameter: () => '?' }).text.trim();
    now = withClause(now, 'default', text ?? undefined);
  }
  if (change.comment !== undefined)
    now = withClause(now, 'comment', change.comment === null ? undefined : `COMMENT ${quoted(change.comment)}`);
  return clausesText(now);
}

interface Parts {
  readonly make: Fragment[];
  readonly undo: Fragment[];
}

async function changeParts(reader: Reader, table: IntrospectedTable, changes: readonly ColumnChange[]): Promise<Parts> {
  const parts: Parts = { make: [], undo: [] };
  if (changes.length === 0) return parts;
  const known = await definitions(reader, table);
  for (const change of changes) {
    const definition = known.get(change.name);
    if (definition === undefined) continue;
    const { name: column } = change;
    const before = clausesText(parseColumn(definition));
    const after = changed(definition, change);
    if (after !== before) {
      parts.make.push(sql`modify column ${name(column)} ${trusted(after)}`);
      parts.undo.push(sql`modify column ${name(column)} ${trusted(before)}`);
    }
    if (change.unique === undefined) continue;
    const { make, undo } = await uniqueParts(reader, table, column, change.unique);
    parts.make.push(...make);
    parts.undo.push(...undo);
  }
  return parts;
}

/** Gives names that no foreign key has: the server tells them apart in the whole database, not by their tables. */
async function freeNames(reader: Reader, table: string): Promise<(column: string) => string> {
  const statement = sql`select constraint_name from information_schema.referential_constraints where constraint_schema = database()`;
  const found = await reader.texts(print(statement, reader.dialect));
  const taken = new Set(found.map(([one]) => (one ?? '').toLowerCase()));
  return (column) => {
    const base = `${table}_${column}`.slice(0, 50);
    for (let i = 1; ; i += 1) {
      const wanted = `${base}_foreign${i === 1 ? '' : `_${i}`}`;
      if (taken.has(wanted.toLowerCase())) continue;
      taken.add(wanted.toLowerCase());
      return wanted;
    }
  };
}

/** Foreign keys of columns that are there or are added. The server makes an index for one where there is none, and forgets to take it away again. */
async function linkParts(reader: Reader, { table, add, link = [], unlink = [] }: Extract<TableChange, { is: 'alter' }>): Promise<Parts> {
  const parts: Parts = { make: [], undo: [] };
  const own = linksOf(add);
  const free = own.length + link.length > 0 ? await freeNames(reader, table.name) : String;
  // Their indexes go with the columns.
  for (const one of own) {
    const key = free(one.column);
    parts.make.push(sql`add constraint ${name(key)} ${foreignKey(one)}`);
    parts.undo.push(sql`drop foreign key ${name(key)}`);
  }
  const known = unlink.length > 0 ? await definitions(reader, table, true) : undefined;
  for (const { name: key } of unlink) {
    parts.make.push(sql`drop foreign key ${name(key)}`);
    const text = known?.get(key);
    if (text !== undefined) parts.undo.push(sql`add constraint ${trusted(text)}`);
  }
  for (const one of link) {
    const key = free(one.column);
    const led = [table.primaryKey, ...table.unique, ...table.indexes].some(([first]) => first === one.column);
    parts.make.push(sql`add constraint ${name(key)} ${foreignKey(one)}`);
    parts.undo.unshift(sql`drop foreign key ${name(key)}`, ...(led ? [] : [sql`drop index ${name(key)}`]));
  }
  return parts;
}

/** However long it takes, the server does not end it; MySQL never does. */
const unlimited = '/*M! set statement max_statement_time = 0 for */ ';
/** Values that do not fit are bent, which the session's own mode refuses. */
const bending = "/*M! set statement max_statement_time = 0, sql_mode = '' for */ ";

function stepOf(reader: Reader, make: Fragment, undo?: Fragment, prefix = unlimited): DdlStep {
  const statement = print(sql`${trusted(prefix)}${make}`, reader.dialect);
  return undo ? { statement, undo: print(sql`${trusted(bending)}${undo}`, reader.dialect) } : { statement };
}

async function alter(reader: Reader, change: Extract<TableChange, { is: 'alter' }>): Promise<DdlStep[]> {
  const table = tableOf(change.table);
  const changes = await changeParts(reader, change.table, change.change);
  const links = await linkParts(reader, change);
  const lost = change.table.foreignKeys.filter(({ columns }) => columns.some((column) => change.drop.includes(column)));
  const make = [
    ...lost.map((key) => sql`drop foreign key ${name(key.name)}`),
    ...change.add.map((spec) => sql`add column ${columnOf(spec)}`),
    ...changes.make,
    ...change.drop.map((column) => sql`drop column ${name(column)}`),
    ...links.make,
  ];
  if (make.length === 0) return [];
  const undo = [...links.undo, ...changes.undo, ...change.add.map((spec) => sql`drop column ${name(spec.name)}`)];
  // Values that were bent do not come back with their type.
  const bent = change.change.some(({ force, type }) => force && type !== undefined);
  const undone = change.drop.length === 0 && !bent && undo.length > 0;
  const prefix = change.change.some(({ force }) => force) ? bending : unlimited;
  return [
    stepOf(
      reader,
      sql`alter table ${table} ${join(make, ', ')}`,
      undone ? sql`alter table ${table} ${join(undo, ', ')}` : undefined,
      prefix,
    ),
  ];
}

/** See `Ddl`. */
export const mysqlDdl: Ddl = {
  exclusively,
  transactional: false,
  nameBytes: 64,
  // Columns that InnoDB adds to every table.
  reserved: (what, name) => what === 'field' && /^db_(?:row_id|trx_id|roll_ptr)$/i.test(name),
  typeText,
  sameType: (one, other) => withoutWidth(one) === withoutWidth(other),
  async plan(reader, change) {
    const table = tableOf(change.table);
    if (change.is === 'alter') return alter(reader, change);
    if (change.is === 'drop') {
      const others: DdlStep[] = [];
      for (const one of change.inbound) {
        const text = (await definitions(reader, one.table, true)).get(one.constraint);
        const of = tableOf(one.table);
        const undo = text === undefined ? undefined : sql`alter table ${of} add constraint ${trusted(text)}`;
        others.push(stepOf(reader, sql`alter table ${of} drop foreign key ${name(one.constraint)}`, undo));
      }
      return [...others, stepOf(reader, sql`drop table ${table}`)];
    }
    const key = change.columns.filter(({ primaryKey }) => primaryKey).map((column) => name(column.name));
    const parts = [
      ...change.columns.map(columnOf),
      ...(key.length > 0 ? [sql`primary key (${join(key, ', ')})`] : []),
      ...(await foreignKeys(reader, change.table.name, change.columns)),
    ];
    return [stepOf(reader, sql`create table ${table} (${join(parts, ', ')}) engine = InnoDB`, sql`drop table ${table}`)];
  },
};
