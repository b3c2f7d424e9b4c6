/** The queries to SQLite's catalogue, each over all tables at once, and their rows as records. */
import type { Connection } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';

export interface CatalogueTable {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'virtual';
  readonly withoutRowid: boolean;
  readonly updatable: boolean;
}

export interface CatalogueColumn {
  readonly name: string;
  readonly declared: string;
  readonly notNull: boolean;
  readonly default: string | null;
  /** Place in the primary key, from 1; 0 is outside. */
  readonly key: number;
  readonly generated: boolean;
}

export interface CatalogueIndex {
  readonly unique: boolean;
  readonly origin: string;
  readonly partial: boolean;
  /** null is an expression. */
  readonly columns: (string | null)[];
}

export interface CatalogueForeignKey {
  readonly toTable: string;
  readonly from: string[];
  /** null stands for the other table's primary key. */
  readonly to: (string | null)[];
}

export interface Catalogue {
  readonly version: string;
  readonly tables: readonly CatalogueTable[];
  readonly columns: ReadonlyMap<string, CatalogueColumn[]>;
  readonly indexes: ReadonlyMap<string, CatalogueIndex[]>;
  readonly foreignKeys: ReadonlyMap<string, CatalogueForeignKey[]>;
  readonly estimates: ReadonlyMap<string, number>;
}

type Texts = readonly (string | null)[];

/** Of main only: what is attached or temporary belongs to nobody's project. Shadow tables are the insides of virtual ones. */
const ours = `pragma_table_list l where l.schema = 'main' and l.type in ('table', 'view', 'virtual') and l.name not like 'sqlite\\_%' escape '\\'`;

/** Virtual tables of these modules can be written to. */
const writable = `lower(s.sql) glob '*using fts[345]*' or lower(s.sql) glob '*using rtree*'`;

const tables = `select l.name, l.type, l.wr,
    case l.type when 'table' then 1
      when 'virtual' then exists (select 1 from sqlite_schema s where s.name = l.name and (${writable}))
      else exists (select 1 from sqlite_schema s where s.type = 'trigger' and lower(s.tbl_name) = lower(l.name)) end
  from ${ours} order by l.name`;

const columnFields = `c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden`;

/** Hidden columns of kind 1 are a virtual table's own handles. */
const columns = `select t.name, ${columnFields} from (select l.name from ${ours}) t join pragma_table_xinfo(t.name, 'main') c
  where c.hidden <> 1 order by t.name, c.cid`;

const columnsOfOne = `select t.name, ${columnFields} from (select ? as name) t join pragma_table_xinfo(t.name, 'main') c
  where c.hidden <> 1 order by c.cid`;

const realTables = `(select l.name from ${ours} and l.type = 'table') t`;

const indexes = `select t.name, i.name, i."unique", i.origin, i.partial, c.name
  from ${realTables} join pragma_index_list(t.name, 'main') i join pragma_index_info(i.name, 'main') c
  order by t.name, i.seq desc, c.seqno`;

const foreignKeys = `select t.name, f.id, f."table", f."from", f."to"
  from ${realTables} join pragma_foreign_key_list(t.name, 'main') f order by t.name, f.id desc, f.seq`;

/** The first number of a statistic is the table's number of rows. */
const estimates = `select tbl, max(cast(stat as integer)) from sqlite_stat1 group by tbl`;

/** Reads everything there is to know. */
export async function readCatalogue(connection: Connection): Promise<Catalogue> {
  const read = (text: string): Promise<Texts[]> => connection.texts({ text, values: [] });
  const [[version, analysed] = []] = await read(
    `select sqlite_version(), exists (select 1 from sqlite_schema where name = 'sqlite_stat1')`,
  );
  const found = (await read(tables)).map(tableOf);
  return {
    version: version ?? '',
    tables: found,
    columns: grouped(await readColumns(connection, found), columnOf),
    indexes: gathered(await read(indexes), indexOf),
    foreignKeys: gathered(await read(foreignKeys), foreignKeyOf),
    estimates: new Map(analysed === '1' ? (await read(estimates)).map(([table, rows]) => [table ?? '', Number(rows)]) : []),
  };
}

/**
 * The columns of all tables in one query. One view that no longer works, or one virtual table whose module is missing, fails
 * it; then each is asked by itself.
 */
async function readColumns(connection: Connection, found: readonly CatalogueTable[]): Promise<Texts[]> {
  const attempt = (statement: Statement): Promise<Texts[] | undefined> =>
    connection.texts(statement).catch((error: unknown) => {
      // A database that does not answer is something else.
      if (error instanceof Error && Reflect.get(error, 'code') === 'SQLITE_ERROR') return undefined;
      throw error;
    });
  const all = await attempt({ text: columns, values: [] });
  if (all !== undefined) return all;
  const rows: Texts[] = [];
  for (const table of found) rows.push(...((await attempt({ text: columnsOfOne, values: [table.name] })) ?? []));
  return rows;
}

function tableOf([name, type, withoutRowid, updatable]: Texts): CatalogueTable {
  return {
    name: name ?? '',
    kind: type === 'view' || type === 'virtual' ? type : 'table',
    withoutRowid: withoutRowid === '1',
    updatable: updatable === '1',
  };
}

function columnOf([name, declared, notNull, printed, key, hidden]: Texts): CatalogueColumn {
  return {
    name: name ?? '',
    declared: declared ?? '',
    notNull: notNull === '1',
    default: printed ?? null,
    key: Number(key),
    generated: hidden === '2' || hidden === '3',
  };
}

/** Rows by their first column, made from the others. */
function grouped<T>(rows: readonly Texts[], make: (row: Texts) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, ...rest] of rows) {
    const group = groups.get(key ?? '');
    if (group) group.push(make(rest));
    else groups.set(key ?? '', [make(rest)]);
  }
  return groups;
}

/** Rows by table and, within it, by the name or number in their second column: one thing made of each. */
function gathered<T>(rows: readonly Texts[], make: (parts: readonly Texts[]) => T): Map<string, T[]> {
  const tables = new Map<string, T[]>();
  for (const [table, parts] of grouped(rows, (row) => row)) {
    tables.set(table, [...grouped(parts, (row) => row).values()].map(make));
  }
  return tables;
}

function indexOf(parts: readonly Texts[]): CatalogueIndex {
  const [unique, origin, partial] = parts[0] ?? [];
  return { unique: unique === '1', origin: origin ?? '', partial: partial === '1', columns: parts.map(([, , , column]) => column ?? null) };
}

function foreignKeyOf(parts: readonly Texts[]): CatalogueForeignKey {
  return { toTable: parts[0]?.[0] ?? '', from: parts.map(([, from]) => from ?? ''), to: parts.map(([, , to]) => to ?? null) };
}
