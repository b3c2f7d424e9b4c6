/** The queries to SQLite's catalogue, each over a number of tables at once, and their rows as records. */
import type { Connection } from '../../dialect/types.ts';
import { pause } from '../../lib/slices.ts';

export interface CatalogueTable {
  readonly name: string;
  readonly kind: 'table' | 'view' | 'virtual';
  readonly withoutRowid: boolean;
  readonly updatable: boolean;
  readonly triggered: boolean;
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
  /** By which each of them is sorted. */
  readonly collations: (string | null)[];
}

export interface CatalogueForeignKey {
  readonly toTable: string;
  readonly from: string[];
  /** null stands for the other table's primary key. */
  readonly to: (string | null)[];
}

export interface Catalogue {
  readonly tables: readonly CatalogueTable[];
  readonly columns: ReadonlyMap<string, CatalogueColumn[]>;
  readonly indexes: ReadonlyMap<string, CatalogueIndex[]>;
  readonly foreignKeys: ReadonlyMap<string, CatalogueForeignKey[]>;
  readonly estimates: ReadonlyMap<string, number>;
}

type Texts = readonly (string | null)[];

/** Of main only: what is attached or temporary belongs to nobody's project. Shadow tables are the insides of virtual ones. */
const ours = `l.schema = 'main' and l.type in ('table', 'view', 'virtual') and l.name not like 'sqlite\\_%' escape '\\'`;

/** Virtual tables of these modules can be written to. */
const writable = `lower(s.sql) glob '*using fts[345]*' or lower(s.sql) glob '*using rtree*'`;

const triggered = `exists (select 1 from sqlite_schema s where s.type = 'trigger' and lower(s.tbl_name) = lower(l.name))`;

const tableFields = `l.name, l.type, l.wr,
    case l.type when 'table' then 1
      when 'virtual' then exists (select 1 from sqlite_schema s where s.name = l.name and (${writable}))
      else ${triggered} end,
    ${triggered}`;

const tables = `select ${tableFields} from pragma_table_list l where ${ours} order by l.name`;

/** The pragma looks through all tables for the one that is named. */
const tableOfName = `select ${tableFields} from pragma_table_list(?) l where ${ours}`;

/** The tables of a JSON list of names. */
const listed = `(select value as name from json_each(?)) t`;

/** Hidden columns of kind 1 are a virtual table's own handles. */
const columns = `select t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
  from ${listed} join pragma_table_xinfo(t.name, 'main') c where c.hidden <> 1 order by t.name, c.cid`;

const indexes = `select t.name, i.name, i."unique", i.origin, i.partial, c.name, c.coll
  from ${listed} join pragma_index_list(t.name, 'main') i join pragma_index_xinfo(i.name, 'main') c
  where c.key order by t.name, i.seq desc, c.seqno`;

const foreignKeys = `select t.name, f.id, f."table", f."from", f."to"
  from ${listed} join pragma_foreign_key_list(t.name, 'main') f order by t.name, f.id desc, f.seq`;

/** The first number of a statistic is the table's number of rows. */
const estimates = `select tbl, max(cast(stat as integer)) from sqlite_stat1 group by tbl`;

/** Names that are looked for one by one; for more it is cheaper to list all tables. */
const fewNames = 20;

/** Tables asked about in one statement, which nothing can interrupt. */
const batch = 100;

/** Reads everything there is to know, or what there is to know of the tables and views of these names. */
export async function readCatalogue(connection: Connection, names?: ReadonlySet<string>): Promise<Catalogue> {
  const read = (text: string, ...values: string[]): Promise<readonly Texts[]> => connection.texts({ text, values });
  const rows =
    names && names.size <= fewNames ? (await Promise.all([...names].map((name) => read(tableOfName, name)))).flat() : await read(tables);
  const found = rows.map(tableOf).filter((table) => !names || names.has(table.name));
  const catalogue = {
    tables: found,
    columns: new Map<string, CatalogueColumn[]>(),
    indexes: new Map<string, CatalogueIndex[]>(),
    foreignKeys: new Map<string, CatalogueForeignKey[]>(),
    estimates: found.length === 0 ? new Map<string, number>() : await readEstimates(read),
  };
  for (let from = 0; from < found.length; from += batch) {
    const some = found.slice(from, from + batch);
    const list = namesOf(some);
    const real = namesOf(some.filter((table) => table.kind === 'table'));
    await pause();
    addAll(catalogue.columns, grouped(await readColumns(connection, some, list), columnOf));
    await pause();
    addAll(catalogue.indexes, gathered(await read(indexes, real), indexOf));
    addAll(catalogue.foreignKeys, gathered(await read(foreignKeys, real), foreignKeyOf));
  }
  return catalogue;
}

function namesOf(found: readonly CatalogueTable[]): string {
  return JSON.stringify(found.map((table) => table.name));
}

function addAll<T>(to: Map<string, T>, from: ReadonlyMap<string, T>): void {
  for (const [key, value] of from) to.set(key, value);
}

async function readEstimates(read: (text: string) => Promise<readonly Texts[]>): Promise<Map<string, number>> {
  const [[analysed] = []] = await read(`select exists (select 1 from sqlite_schema where name = 'sqlite_stat1')`);
  return new Map(analysed === '1' ? (await read(estimates)).map(([table, rows]) => [table ?? '', Number(rows)]) : []);
}

/**
 * The columns of some tables in one query. One view that no longer works, or one virtual table whose module is missing, fails
 * it; then each is asked by itself.
 */
async function readColumns(connection: Connection, found: readonly CatalogueTable[], list: string): Promise<readonly Texts[]> {
  const attempt = (names: string): Promise<readonly Texts[] | undefined> =>
    connection.texts({ text: columns, values: [names] }).catch((error: unknown) => {
      // A database that does not answer is something else.
      if (error instanceof Error && Reflect.get(error, 'code') === 'SQLITE_ERROR') return undefined;
      throw error;
    });
  const all = await attempt(list);
  if (all !== undefined) return all;
  const rows: Texts[] = [];
  for (const table of found) rows.push(...((await attempt(namesOf([table]))) ?? []));
  return rows;
}

function tableOf([name, type, withoutRowid, updatable, triggers]: Texts): CatalogueTable {
  return {
    name: name ?? '',
    kind: type === 'view' || type === 'virtual' ? type : 'table',
    withoutRowid: withoutRowid === '1',
    updatable: updatable === '1',
    triggered: triggers === '1',
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
  return {
    unique: unique === '1',
    origin: origin ?? '',
    partial: partial === '1',
    columns: parts.map(([, , , column]) => column ?? null),
    collations: parts.map(([, , , , collation]) => collation ?? null),
  };
}

function foreignKeyOf(parts: readonly Texts[]): CatalogueForeignKey {
  return { toTable: parts[0]?.[0] ?? '', from: parts.map(([, from]) => from ?? ''), to: parts.map(([, , to]) => to ?? null) };
}
