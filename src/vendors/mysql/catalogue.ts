/** The queries to information_schema: one per kind of object, on the connection's own database. */
import type { Connection } from '../../dialect/types.ts';
import { isMariadb } from './capabilities.ts';
import type { Flavor } from './dialect.ts';

/** A large catalogue takes its time, whatever requests may take. */
const unlimited = { timeout: 0 };

/** Rows of one query, in the order of its columns. */
type Rows = readonly (readonly (string | null)[])[];

export interface Catalogue {
  /** table, kind, row estimate, comment */
  readonly tables: Rows;
  /** view, updatable */
  readonly views: Rows;
  /** table, column, default, nullable, type, full type, length, precision, scale, fraction digits, extra, comment, collation */
  readonly columns: Rows;
  /** table, index, not unique, column, length of a prefix, kind */
  readonly indexes: Rows;
  /** table, constraint, column, other database, other table, other column */
  readonly foreignKeys: Rows;
  /** table, check; of MariaDB only, which keeps JSON as text with a check */
  readonly checks: Rows;
}

/** `one` is added where a single table is asked about, whose name is bound; the server then looks at no other. */
const tables = (one: string): string => `select table_name, table_type, table_rows, table_comment
  from information_schema.tables where table_schema = database() ${one}`;

const views = (one: string): string =>
  `select table_name, is_updatable from information_schema.views where table_schema = database() ${one}`;

const columns = (one: string): string => `select table_name, column_name, column_default, is_nullable, data_type, column_type,
  character_maximum_length, numeric_precision, numeric_scale, datetime_precision, extra, column_comment, collation_name
  from information_schema.columns where table_schema = database() ${one} order by table_name, ordinal_position`;

const indexes = (one: string): string => `select table_name, index_name, non_unique, column_name, sub_part, index_type
  from information_schema.statistics where table_schema = database() ${one} order by table_name, index_name, seq_in_index`;

const foreignKeys = (one: string): string => `select table_name, constraint_name, column_name,
  if(referenced_table_schema = database(), null, referenced_table_schema), referenced_table_name, referenced_column_name
  from information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null ${one}
  order by table_name, constraint_name, ordinal_position`;

const checks = (one: string): string => `select table_name, check_clause from information_schema.check_constraints
  where constraint_schema = database() and check_clause like 'json_valid(%' ${one}`;

/** What a row of each kind is made of, as one number. */
const crc = {
  tables: "crc32(concat_ws('|', table_name, table_type, table_comment))",
  columns: `crc32(concat_ws('|', table_name, column_name, ordinal_position, column_type,
      is_nullable, coalesce(column_default, '?'), extra, collation_name, column_comment))`,
  statistics: "crc32(concat_ws('|', table_name, index_name, seq_in_index, column_name, non_unique))",
  keys: `crc32(concat_ws('|', table_name, constraint_name, column_name, ordinal_position,
      referenced_table_schema, referenced_table_name, referenced_column_name))`,
  views: "crc32(concat_ws('|', table_name, is_updatable))",
} as const;

const sources: Readonly<Record<keyof typeof crc, string>> = {
  tables: 'information_schema.tables where table_schema = database()',
  columns: 'information_schema.columns where table_schema = database()',
  statistics: 'information_schema.statistics where table_schema = database()',
  keys: 'information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null',
  views: 'information_schema.views where table_schema = database()',
};

const kinds = ['tables', 'columns', 'statistics', 'keys', 'views'] as const;

/** Number and content of rows; a sum, so that no order matters and nothing is cut. */
const summed = (kind: keyof typeof crc): string => `concat(count(*), '-', coalesce(sum(${crc[kind]}), 0))`;

/** One text over everything the schema is made of. */
const print = `select concat_ws(' ', ${kinds.map((kind) => `(select ${summed(kind)} from ${sources[kind]})`).join(', ')})`;

/** The same for each table: its name, and a sum for each kind. Names of the catalogue compare without their case. */
const prints = kinds
  .map((kind) => `select table_name, concat('${kind} ', ${summed(kind)}) as sum from ${sources[kind]} group by cast(table_name as binary)`)
  .join(' union all ');

/** Reads everything there is to know, or what there is to know of one table or view. */
export async function readCatalogue(connection: Connection, { mariadb }: { mariadb: boolean }, table?: string): Promise<Catalogue> {
  const [one, values] = table === undefined ? ['', []] : ['and table_name = ?', [table]];
  const read = async (query: (one: string) => string): Promise<Rows> => {
    const rows = await connection.texts({ text: query(one), values }, unlimited);
    // The server may take another spelling for the same name.
    return table === undefined ? rows : rows.filter(([name]) => name === table);
  };
  return {
    tables: await read(tables),
    views: await read(views),
    columns: await read(columns),
    indexes: await read(indexes),
    foreignKeys: await read(foreignKeys),
    checks: mariadb ? await read(checks) : [],
  };
}

/** Which server it is, and its version. */
export async function readServer(connection: Connection): Promise<{ readonly flavor: Flavor; readonly version: string }> {
  const [[mariadb, version] = []] = await connection.texts({ text: `select ${isMariadb}, version()`, values: [] });
  return { flavor: mariadb === '1' ? 'mariadb' : 'mysql', version: version ?? '' };
}

/** For each table and view a text that changes with it. */
export async function readFingerprints(connection: Connection): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const sums = await connection.texts({ text: `${prints} order by sum`, values: [] }, unlimited);
  for (const [table, sum] of sums) found.set(table ?? '', `${found.get(table ?? '') ?? ''} ${sum}`);
  return found;
}

/** A text that changes with tables, columns, keys and views. */
export async function fingerprint(connection: Connection): Promise<string> {
  const [[text] = []] = await connection.texts({ text: print, values: [] }, unlimited);
  return text ?? '';
}
