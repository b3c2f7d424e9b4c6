/** The queries to information_schema: one per kind of object, on the connection's own database. */
import type { Connection } from '../../dialect/types.ts';

/** Rows of one query, in the order of its columns. */
type Rows = readonly (readonly (string | null)[])[];

export interface Catalogue {
  readonly server: { readonly version: string; readonly comment: string };
  /** table, kind, row estimate, comment */
  readonly tables: Rows;
  /** view, updatable */
  readonly views: Rows;
  /** table, column, default, nullable, type, full type, length, precision, scale, fraction digits, extra, comment */
  readonly columns: Rows;
  /** table, index, not unique, column, length of a prefix, kind */
  readonly indexes: Rows;
  /** table, constraint, column, other database, other table, other column */
  readonly foreignKeys: Rows;
  /** table, check; of MariaDB only, which keeps JSON as text with a check */
  readonly checks: Rows;
}

const tables = `select table_name, table_type, table_rows, table_comment
  from information_schema.tables where table_schema = database()`;

const views = `select table_name, is_updatable from information_schema.views where table_schema = database()`;

const columns = `select table_name, column_name, column_default, is_nullable, data_type, column_type, character_maximum_length,
  numeric_precision, numeric_scale, datetime_precision, extra, column_comment
  from information_schema.columns where table_schema = database() order by table_name, ordinal_position`;

const indexes = `select table_name, index_name, non_unique, column_name, sub_part, index_type
  from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index`;

const foreignKeys = `select table_name, constraint_name, column_name,
  if(referenced_table_schema = database(), null, referenced_table_schema), referenced_table_name, referenced_column_name
  from information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null
  order by table_name, constraint_name, ordinal_position`;

const checks = `select table_name, check_clause from information_schema.check_constraints
  where constraint_schema = database() and check_clause like 'json_valid(%'`;

/** One text over everything the schema is made of; sums, so that no order matters and nothing is cut. */
const print = `select concat_ws(' ',
  (select concat(count(*), '-', coalesce(sum(crc32(concat_ws('|', table_name, table_type, table_comment))), 0))
    from information_schema.tables where table_schema = database()),
  (select concat(count(*), '-', coalesce(sum(crc32(concat_ws('|', table_name, column_name, ordinal_position, column_type,
      is_nullable, coalesce(column_default, '?'), extra, collation_name, column_comment))), 0))
    from information_schema.columns where table_schema = database()),
  (select concat(count(*), '-', coalesce(sum(crc32(concat_ws('|', table_name, index_name, seq_in_index, column_name, non_unique))), 0))
    from information_schema.statistics where table_schema = database()),
  (select concat(count(*), '-', coalesce(sum(crc32(concat_ws('|', table_name, constraint_name, column_name, ordinal_position,
      referenced_table_schema, referenced_table_name, referenced_column_name))), 0))
    from information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null),
  (select concat(count(*), '-', coalesce(sum(crc32(concat_ws('|', table_name, is_updatable))), 0))
    from information_schema.views where table_schema = database()))`;

/** Reads everything there is to know. */
export async function readCatalogue(connection: Connection): Promise<Catalogue> {
  const read = (text: string): Promise<Rows> => connection.texts({ text, values: [] });
  const [[version, comment] = []] = await read('select version(), @@version_comment');
  const mariadb = /mariadb/i.test(`${version} ${comment}`);
  return {
    server: { version: version ?? '', comment: comment ?? '' },
    tables: await read(tables),
    views: await read(views),
    columns: await read(columns),
    indexes: await read(indexes),
    foreignKeys: await read(foreignKeys),
    checks: mariadb ? await read(checks) : [],
  };
}

/** A text that changes with tables, columns, keys and views. */
export async function fingerprint(connection: Connection): Promise<string> {
  const [[text] = []] = await connection.texts({ text: print, values: [] });
  return text ?? '';
}
